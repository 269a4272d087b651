import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { measureCode, measureThreats, measureWalkthrough, type CodeBounds, type Figure } from "./figures.ts";

const strictest: CodeBounds = {
  program: "product",
  folders: ["apps/shop", "packages/core"],
  maxRepeatedFunctions: 0,
  maxRepeatedTypes: 0,
  minDocumentedPercent: 100,
  maxCycles: 0,
};

function writeTree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "patchbay-figures-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function unmetFigures(files: Readonly<Record<string, string>>, bounds = strictest): Figure[] {
  return measureCode(writeTree(files), bounds).filter(({ isMet }) => !isMet);
}

const fourWaysToDefineAFunction = {
  "apps/shop/src/a.ts": "function keep() {}",
  "apps/shop/src/b.tsx": "const keep = () => undefined;",
  "packages/core/src/c.ts": "const store = { keep() {} };",
  "packages/core/src/d.ts": "interface Store { keep(): void }",
};

test("a function name that four files define is over a bound of zero, and its files are named", () => {
  const [figure, ...others] = unmetFigures(fourWaysToDefineAFunction);
  expect(others).toEqual([]);
  expect(figure?.title).toContain("names of functions");
  expect(figure?.offenders).toEqual([
    "keep (4): apps/shop/src/a.ts, apps/shop/src/b.tsx, packages/core/src/c.ts, packages/core/src/d.ts",
  ]);
});

test("a bound of one allows one repeated function name", () => {
  expect(unmetFigures(fourWaysToDefineAFunction, { ...strictest, maxRepeatedFunctions: 1 })).toEqual([]);
});

test("a function name in three files is within a bound of zero; tests and files outside of src do not count", () => {
  const { "packages/core/src/d.ts": text, ...three } = fourWaysToDefineAFunction;
  expect(unmetFigures({ ...three, "packages/core/src/d.test.ts": text, "packages/core/test/d.ts": text })).toEqual([]);
});

test("a type name that three files define is over a bound of zero", () => {
  const [figure, ...others] = unmetFigures({
    "apps/shop/src/a.ts": "type Parts = string;",
    "apps/shop/src/b.ts": "interface Parts { a: string }",
    "packages/core/src/c.ts": "class Parts {}",
  });
  expect(others).toEqual([]);
  expect(figure?.title).toContain("names of types");
  expect(figure?.offenders).toEqual(["Parts (3): apps/shop/src/a.ts, apps/shop/src/b.ts, packages/core/src/c.ts"]);
});

test("an export without a docstring directly above is named by its line", () => {
  const [figure, ...others] = unmetFigures({
    "apps/shop/src/a.ts": [
      "/** Documented. */\nexport type A = 1;",
      "// Not a docstring.\nexport const b = 2;",
      "/** Of something else. */\nconst c = 3;\nexport function d() {}",
      'export { e } from "./e.ts";',
    ].join("\n"),
  });
  expect(others).toEqual([]);
  expect(figure?.value).toBe("33.3 %, at least 100 %");
  expect(figure?.offenders).toEqual(["apps/shop/src/a.ts:4", "apps/shop/src/a.ts:7"]);
});

test("files that import one another in a circle are one group, through types, packages and dynamic imports as well", () => {
  const [figure, ...others] = unmetFigures({
    "packages/core/package.json": JSON.stringify({ name: "@acme/core", exports: { "./c": "./src/c.ts" } }),
    "apps/shop/src/a.ts": 'import type { B } from "./b.ts";',
    "apps/shop/src/b.ts": 'export type { C } from "@acme/core/c";',
    "packages/core/src/c.ts": 'const d = await import("./d.ts");',
    "packages/core/src/d.ts": 'type A = import("../../../apps/shop/src/a.ts").A;',
    "packages/core/src/leaf.ts": 'import "./c.ts";',
  });
  expect(others).toEqual([]);
  expect(figure?.offenders).toEqual([
    "apps/shop/src/a.ts, apps/shop/src/b.ts, packages/core/src/c.ts, packages/core/src/d.ts",
  ]);
});

test("a chain of imports without a circle has no group", () => {
  expect(unmetFigures({ "apps/shop/src/a.ts": 'import "./b.ts";', "apps/shop/src/b.ts": 'import "./c.ts";' })).toEqual(
    [],
  );
});

test("a file that does not parse is refused by its path", () => {
  expect(() => unmetFigures({ "apps/shop/src/a.ts": "const = 1;" })).toThrow("apps/shop/src/a.ts does not parse");
});

const walkthrough = [
  "### One request",
  "",
  "1. `apps/shop/src/a.ts`: reads the request.",
  "2. `apps/shop/src/b.ts`: answers it.",
  "",
  "### Another",
  "",
  "1. `apps/shop/src/c.ts`: is not part of it.",
].join("\n");

test("a walkthrough counts the files below its heading, and is over its bound with one more", () => {
  const root = writeTree({ "apps/shop/src/a.ts": "", "apps/shop/src/b.ts": "" });
  expect(measureWalkthrough(root, walkthrough, { title: "One request", maxFiles: 2 }).isMet).toBe(true);
  expect(measureWalkthrough(root, walkthrough, { title: "One request", maxFiles: 1 }).isMet).toBe(false);
});

test("a walkthrough that names a missing file, a file twice, no file or no heading is red", () => {
  const root = writeTree({ "apps/shop/src/a.ts": "" });
  const problems = (document: string, title = "One request") => {
    const { isMet, offenders } = measureWalkthrough(root, document, { title, maxFiles: 9 });
    return isMet ? [] : offenders;
  };
  expect(problems(walkthrough)).toEqual(['"One request" lists apps/shop/src/b.ts, which is missing.']);
  expect(problems("### One request\n\n1. `apps/shop/src/a.ts`: x\n2. `apps/shop/src/a.ts`: y")).toEqual([
    '"One request" lists apps/shop/src/a.ts twice.',
  ]);
  expect(problems("### One request\n\nNothing.")).toEqual(['"One request" lists no file.']);
  expect(problems(walkthrough, "A third")).toEqual(['The heading "### A third" is missing.']);
});

const threats = [
  "1. **No session**: 401.",
  "   `apps/shop/test/start.test.ts`",
  "2. **Two codes**: refused.",
  "   `apps/shop/test/start.test.ts`, `packages/core/src/code.test.ts`",
].join("\n");

const numberedTests = {
  "apps/shop/test/start.test.ts": 'test("1, 2. without a session", () => {});',
  "packages/core/src/code.test.ts": "test.each([1])(`2. a code of ${size} kB is refused`, () => {});",
};

test("titles with the numbers that the list of threats names are explained", () => {
  expect(measureThreats(writeTree(numberedTests), threats)).toMatchObject({ isMet: true, offenders: [] });
});

test("a number in a title that the list of threats does not name there is red, and so is one that it names in vain", () => {
  const root = writeTree({ ...numberedTests, "packages/core/src/code.test.ts": '[["3. of nothing", "1.5 kB"]];' });
  expect(measureThreats(root, threats)).toMatchObject({
    isMet: false,
    offenders: [
      "packages/core/src/code.test.ts has a title with the number 3; docs/threats.md does not name it there.",
      "docs/threats.md names packages/core/src/code.test.ts at 2; no title in it bears that number.",
    ],
  });
});

test("a list of threats that has a number twice is refused", () => {
  expect(() => measureThreats(writeTree({}), `${threats}\n1. Another.`)).toThrow("the number 1 twice");
});
