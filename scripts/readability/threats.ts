import { globSync } from "node:fs";
import { Visitor } from "oxc-parser";
import { parseSource, type SourceFile } from "./source.ts";

/** Parses every test of the repository. */
export function parseTests(root: string): SourceFile[] {
  const patterns = ["{apps,packages}/*/{src,test}/**/*.test.{ts,tsx}", "tests/*/**/*.{test,spec}.ts"];
  const paths = globSync(patterns, { cwd: root, exclude: ["**/node_modules/**"] });
  return paths.toSorted().map((path) => parseSource(root, path));
}

/** The tests that each number of docs/threats.md names, by the number. */
export type Threats = ReadonlyMap<number, ReadonlySet<string>>;

/** Reads the numbered list: each item names the tests that show it. Throws if a number comes twice. */
export function readThreats(document: string): Threats {
  const threats = new Map<number, Set<string>>();
  for (const [item, digits = ""] of document.matchAll(/^(\d+)\. .*(?:\n(?: {3}| {4}).*)*/gm)) {
    const number = Number(digits);
    if (threats.has(number)) throw new Error(`docs/threats.md has the number ${number} twice.`);
    threats.set(number, new Set([...item.matchAll(/`([^`]+\.(?:test|spec)\.tsx?)`/g)].map(([, path = ""]) => path)));
  }
  return threats;
}

/**
 * Where the list and the titles disagree: a title bears a number whose item does not name its file, or an item names a file
 * in which no title bears the number. So a number cannot come to mean a second thing unseen.
 */
export function compareThreats(threats: Threats, tests: readonly SourceFile[]): string[] {
  const numbered = new Map(tests.map((file) => [file.path, numbersInTitles(file)]));
  const unlisted = [...numbered].flatMap(([path, numbers]) =>
    [...numbers]
      .filter((number) => !threats.get(number)?.has(path))
      .map((number) => `${path} has a title with the number ${number}; docs/threats.md does not name it there.`),
  );
  const unshown = [...threats].flatMap(([number, paths]) =>
    [...paths]
      .filter((path) => !numbered.get(path)?.has(number))
      .map((path) => `docs/threats.md names ${path} at ${number}; no title in it bears that number.`),
  );
  return [...unlisted, ...unshown];
}

/** The numbers of titles such as `"26. a denied consent …"` and `"13, 43. fifty at once …"`. */
function numbersInTitles({ syntax }: SourceFile): Set<number> {
  const numbers = new Set<number>();
  const read = (text: unknown): void => {
    const [, list = ""] = typeof text === "string" ? (/^(\d{1,3}(?:, \d{1,3})*)\. /.exec(text) ?? []) : [];
    for (const digits of list.split(", ")) if (digits !== "") numbers.add(Number(digits));
  };
  new Visitor({
    Literal: ({ value }) => read(value),
    TemplateLiteral: ({ quasis: [first] }) => read(first?.value.cooked),
  }).visit(syntax.program);
  return numbers;
}
