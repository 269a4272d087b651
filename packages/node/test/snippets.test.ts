import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const home = join(import.meta.dirname, "..");
const root = join(home, "../..");

/** What the snippets take from the product around them. */
const product = "declare const connectSession: string, connectCode: string;\n";

/** Compiles a program strictly, with this package's sources as `@patchbay/node`. Gives what the compiler says. */
async function compile(program: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "snippets-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: "es2024",
    module: "nodenext",
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    types: ["node"],
    typeRoots: [join(home, "node_modules/@types")],
    paths: { "@patchbay/node": [join(home, "src/index.ts")] },
  };
  const config = { compilerOptions, files: ["program.mts"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  await writeFile(join(folder, "program.mts"), program);
  const tsc = promisify(execFile)(join(root, "node_modules/.bin/tsc"), ["-p", folder]);
  return await tsc.then(
    ({ stdout }) => stdout,
    (failure: { stdout: string }) => failure.stdout,
  );
}

test.each(["packages/node/README.md", "docs/back-ends.md"])("the snippets of %s compile strictly", async (path) => {
  const text = await readFile(join(root, path), "utf8");
  const snippets = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([_block, snippet = ""]) => snippet);
  expect(snippets).not.toEqual([]);
  expect(await compile(product + snippets.join("\n"))).toBe("");
});
