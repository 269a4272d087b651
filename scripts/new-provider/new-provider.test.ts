import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { root } from "../lib/paths.ts";
import { insertLine } from "./insert-line.ts";
import { parseProviderNames } from "./provider-names.ts";

const run = promisify(execFile);

test("a provider is called as it is named, or as its id with a capital", () => {
  expect(parseProviderNames(["acme"], "Acme Inc.")).toEqual({ id: "acme", name: "Acme Inc." });
  expect(parseProviderNames(["acme"])).toEqual({ id: "acme", name: "Acme" });
});

test.each([
  [[], "Name one provider"],
  [["acme", "inc"], "Name one provider"],
  [["Acme"], "small letters and digits"],
  [["acme-inc"], "small letters and digits"],
  [["a"], "small letters and digits"],
  [["../acme"], "small letters and digits"],
  [["default"], "a word of JavaScript"],
])("the arguments %j are refused with a sentence", (positionals, sentence) => {
  expect(() => parseProviderNames(positionals)).toThrow(sentence);
});

test.each(['Acme"', "Acme*/", "Acme\nInc", "", "-"])("the name %j is refused with a sentence", (name) => {
  expect(() => parseProviderNames(["acme"], name)).toThrow("cannot be a name");
});

test("a line stands among its siblings in alphabetical order, also if the last of them goes over several lines", () => {
  const text = 'const list = [\n  create("beta"),\n  create("delta", {\n    odd: true,\n  }),\n];\n';
  const insert = (line: string) => insertLine(text, { file: "list.ts", line, siblings: /^ {2}create\("(\w+)"/ });
  expect(insert('  create("acme"),')).toBe(text.replace("[\n", '[\n  create("acme"),\n'));
  expect(insert('  create("coral"),')).toBe(text.replace('  create("delta"', '  create("coral"),\n  create("delta"'));
  expect(insert('  create("zeta"),')).toBe(text.replace("}),\n", '}),\n  create("zeta"),\n'));
});

test("a list that is not found is named", () => {
  const line = { file: "list.ts", line: "  acme,", siblings: /^ {2}(\w+),$/ };
  expect(() => insertLine("const list = [];\n", line)).toThrow('list.ts has no list in which "acme," could stand.');
});

const leftOut = new Set([".git", ".data", ".env", ".toolchain", ".turbo", ".vite", ".vite-temp", "dist"]);

/** Copies the tree. Links between the workspaces lead to the copies, and the packages are those of this tree. */
function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), "patchbay-new-provider-"));
  const packages = join(root, "node_modules");
  cpSync(root, copy, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => path !== packages && !leftOut.has(basename(path)),
  });
  symlinkSync(packages, join(copy, "node_modules"));
  return copy;
}

type Report = { numPassedTests: number; numFailedTests: number; testResults: unknown };

/** Runs the contract for acme alone. */
async function runContract(cwd: string): Promise<Report> {
  const args = ["run", "--project=api", "--reporter=json", `--outputFile=${cwd}.json`, "contract", "-t", "^acme"];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")));
  const failure = await run("node_modules/.bin/vitest", args, { cwd, env }).catch((error: unknown) => error);
  const report = `${cwd}.json`;
  if (!existsSync(report)) throw failure;
  return JSON.parse(readFileSync(report, "utf8")) as Report;
}

/** Types take longer to check than the rest of the test. */
const typeChecked = process.env["TEST_EXTENT"] === "full" ? ["apps/api", "apps/web"] : [];

/** Runs a program of the copy to its end. Throws an error that holds its output if it fails. */
async function runIn(cwd: string, program: string, ...args: string[]): Promise<string> {
  try {
    return (await run(program, args, { cwd })).stdout;
  } catch (error) {
    throw error instanceof Error && "stdout" in error ? new Error(`${error.message}${String(error.stdout)}`) : error;
  }
}

test(
  "a seventh provider, written and filled in on a copy of the tree, passes the contract",
  { timeout: 600_000 },
  async () => {
    const cwd = copyTree();
    onTestFinished(() => [cwd, `${cwd}.json`].forEach((path) => rmSync(path, { recursive: true, force: true })));
    const node = (...args: string[]) => runIn(cwd, process.execPath, ...args);

    const written = await node("scripts/new-provider.ts", "acme", "--name", "Acme Inc.");
    expect(written).toContain("packages/core/src/providers/acme/spec.ts");
    await expect(node("scripts/new-provider.ts", "acme")).rejects.toThrow("Acme cannot be written: ");
    const red = await runContract(cwd);
    expect(red).toMatchObject({ numPassedTests: 0 });
    expect(JSON.stringify(red.testResults)).toContain("Fill in endpoints: { authorize, token } in packages/core");

    await runIn(cwd, "git", "apply", join(import.meta.dirname, "acme.patch"));
    expect(await runContract(cwd)).toMatchObject({ numPassedTests: red.numFailedTests, numFailedTests: 0 });
    await node("scripts/generate.ts");
    await node("scripts/readability.ts");
    await runIn(cwd, "node_modules/.bin/oxfmt", "--check", ".");
    for (const workspace of typeChecked) await runIn(cwd, "node_modules/.bin/tsc", "-p", workspace);
  },
);
