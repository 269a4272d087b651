import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, type ParseResult } from "oxc-parser";

/** A file of TypeScript with its syntax tree. */
export type SourceFile = {
  /** From the root of the repository, with `/` between folders. */
  path: string;
  text: string;
  syntax: ParseResult;
};

/** Parses the TypeScript below `folder/src`, in the order of their paths, without tests. */
export function parseSources(root: string, folders: readonly string[]): SourceFile[] {
  const patterns = folders.map((folder) => `${folder}/src/**/*.{ts,tsx}`);
  const paths = globSync(patterns, { cwd: root }).map((path) => path.replaceAll("\\", "/"));
  return paths
    .filter((path) => !/\.test\.tsx?$/.test(path))
    .toSorted()
    .map((path) => parseSource(root, path));
}

/** Parses one file. Throws if it is not TypeScript. */
export function parseSource(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), "utf8");
  const syntax = parseSync(path, text);
  const [error] = syntax.errors;
  if (error !== undefined) throw new Error(`${path} does not parse: ${error.message}`);
  return { path, text, syntax };
}
