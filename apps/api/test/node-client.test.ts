import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { entryOf, newKey } from "./harness/back-end.ts";
import { openWorld } from "./harness/open-world.ts";
import { getSubject } from "./harness/subjects.ts";
import { connect } from "./harness/walk.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../", import.meta.url));
const key = newKey();
const world = await openWorld({ env: { SERVICE_KEYS: entryOf("crm", key) } });
const project = mkdtempSync(join(tmpdir(), "patchbay-product-"));
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Calls the API of the provider of each of a user's connections. */
const program = `import { createPatchbay, PatchbayError } from "@patchbay/node";

const { PATCHBAY_URL = "", PATCHBAY_KEY = "" } = process.env;
const patchbay = createPatchbay({ url: PATCHBAY_URL, key: PATCHBAY_KEY });
const [user = ""] = process.argv.slice(2);

try {
  for await (const { id, label } of patchbay.connections.listAll({ user, provider: "zoom" })) {
    const { api, account } = await patchbay.connections.token(id);
    const response = await fetch(api.baseUrl + "/users/me", { headers: api.headers });
    const { email }: { email: string } = await response.json();
    console.log(JSON.stringify({ label, status: response.status, isTheirs: email === account.email }));
  }
} catch (error) {
  if (!(error instanceof PatchbayError)) throw error;
  console.log(JSON.stringify({ code: error.code, status: error.status }));
}
`;

/** The compiler and the types of Node, which any TypeScript project has. */
const settings = {
  compilerOptions: {
    module: "nodenext",
    target: "es2022",
    strict: true,
    exactOptionalPropertyTypes: true,
    outDir: "out",
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
  },
};

beforeAll(async () => {
  const client = join(root, "packages/node");
  const tsc = join(root, "node_modules/.bin/tsc");
  await run(tsc, ["-p", "tsconfig.build.json"], { cwd: client });
  await run("npm", ["pack", "--pack-destination", project], { cwd: client });
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module", private: true }));
  const archive = readdirSync(project).find((name) => name.endsWith(".tgz")) ?? "";
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${archive}`], { cwd: project });
  writeFileSync(join(project, "program.ts"), program);
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify(settings));
  await run(tsc, [], { cwd: project });
}, 60_000);

async function runProgram(serviceKey: string, user: string): Promise<unknown> {
  const env = { PATH: process.env["PATH"], PATCHBAY_URL: world.url, PATCHBAY_KEY: serviceKey };
  const { stdout } = await run(process.execPath, ["out/program.js", user], { cwd: project, env });
  return JSON.parse(stdout);
}

test("a project outside of the workspace installs the packed client alone, and calls a provider's API in 25 lines", async () => {
  const { label } = await connect(await world.signedIn(), getSubject("zoom"));
  const [user] = await world.sql<{ id: string }>('select id from "user"');
  expect(await runProgram(key, user?.id ?? "")).toEqual({ label, status: 200, isTheirs: true });
  expect(program.trimEnd().split("\n").length).toBeLessThanOrEqual(25);
  expect(readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["@patchbay"]);
});

test("the packed client tells a failure by its code", async () => {
  expect(await runProgram(newKey(), "nobody")).toEqual({ code: "unauthenticated", status: 401 });
});
