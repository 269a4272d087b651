import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const file = join(import.meta.dirname, "../../docs/bench.md");
const [begin, end] = ["<!-- begin: written by pnpm bench --write-docs -->", "<!-- end -->"];

/** Puts the lines between the two marks, in place of what stands there. */
export function writeDocs(lines: readonly string[]): void {
  const text = readFileSync(file, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error("docs/bench.md has no place for the tables");
  const whole = [text.slice(0, from + begin.length), "", ...lines, "", text.slice(to)].join("\n");
  writeFileSync(file, whole.replaceAll(/\n{3,}/g, "\n\n"));
}
