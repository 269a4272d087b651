import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const file = join(import.meta.dirname, "../../docs/bench.md");
const end = "<!-- end -->";

/** Replaces the lines between the two markers of a section. */
export function writeDocs(section: "run" | "scope", lines: readonly string[]): void {
  const text = readFileSync(file, "utf8");
  const begin = `<!-- begin ${section}: written by pnpm bench --write-docs -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`docs/bench.md has no markers for the section ${section}`);
  const whole = [text.slice(0, from + begin.length), "", ...lines, "", text.slice(to)].join("\n");
  writeFileSync(file, whole.replaceAll(/\n{3,}/g, "\n\n"));
}
