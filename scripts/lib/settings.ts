import { existsSync, readFileSync, statSync } from "node:fs";
import { relative } from "node:path";
import { parseEnv } from "node:util";
import { root } from "./paths.ts";

export type Settings = {
  values: NodeJS.Dict<string>;
  /** What of the file is not as it seems, a sentence each. No value is quoted. */
  notes: string[];
};

/** The values of a .env file, and what its owner should know; nothing where there is no file. */
export function readSettings(file: string): Settings {
  if (!existsSync(file)) return { values: {}, notes: [] };
  const text = readFileSync(file, "utf8");
  const settings = parseSettings(text, relative(root, file));
  if ((statSync(file).mode & 0o044) !== 0) {
    settings.notes.push(
      `${relative(root, file)} can be read by others on this machine: chmod 600 ${relative(root, file)}`,
    );
  }
  return settings;
}

/** Reads the file and says at once what there is to say of it. */
export function settings(file: string): NodeJS.Dict<string> {
  const { values, notes } = readSettings(file);
  for (const note of notes) console.error(note);
  return values;
}

type Line = { name: string; text: string; number: number };

export function parseSettings(text: string, file: string): Settings {
  const plain = text.replace(/^\uFEFF/, "");
  const values = parseEnv(plain);
  const notes = plain === text ? [] : [`${file} begins with a byte order mark. It is left out.`];
  const seen = new Map<string, number>();
  for (const line of linesOf(plain)) {
    const before = seen.get(line.name);
    seen.set(line.name, line.number);
    if (before !== undefined) {
      notes.push(`${line.name} stands twice in ${file}, on lines ${before} and ${line.number}: the last one counts.`);
    }
    const whole = withHash(line);
    if (whole === undefined) continue;
    values[line.name] = whole;
    notes.push(`The # in ${line.name} (${file}, line ${line.number}) is taken as part of the value. Put it in quotes.`);
  }
  return { values, notes };
}

/** The assignments. What stands between quotes may go over several lines. */
function linesOf(text: string): Line[] {
  const assignments: Line[] = [];
  let quote: string | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (quote !== undefined) {
      if (line.includes(quote)) quote = undefined;
      continue;
    }
    const [, name, value = ""] = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    assignments.push({ name, text: value, number: index + 1 });
    const [first = ""] = value;
    if (/["'`]/.test(first) && !value.slice(1).includes(first)) quote = first;
  }
  return assignments;
}

/**
 * The value of a line with a # in it, where Node's reader would cut it off: as shells and Docker do, a # begins a comment
 * only after a space.
 */
function withHash({ text }: Line): string | undefined {
  if (/^["'`]/.test(text)) return undefined;
  const value = text.replace(/\s#.*$/, "").trim();
  return value.includes("#") && !value.startsWith("#") ? value : undefined;
}
