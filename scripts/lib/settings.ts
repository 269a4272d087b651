import { existsSync, readFileSync, statSync } from "node:fs";
import { relative } from "node:path";
import { parseEnv } from "node:util";
import { root } from "./paths.ts";

/** The values of a .env file. */
export type Settings = {
  values: NodeJS.Dict<string>;
  /** One sentence for each thing that its owner may not expect. No value is quoted. */
  notes: string[];
};

/** Reads a .env file; without a file, there are no values. */
export function readSettings(file: string): Settings {
  if (!existsSync(file)) return { values: {}, notes: [] };
  const text = readFileSync(file, "utf8");
  const settings = parseSettings(text, relative(root, file));
  if ((statSync(file).mode & 0o044) !== 0) {
    settings.notes.push(
      `Other users of this machine can read ${relative(root, file)}. Run: chmod 600 ${relative(root, file)}`,
    );
  }
  return settings;
}

/** Reads a .env file and prints its notes. */
export function loadSettings(file: string): NodeJS.Dict<string> {
  const { values, notes } = readSettings(file);
  for (const note of notes) console.error(note);
  return values;
}

type Line = { name: string; text: string; number: number };

/** Parses the text of a .env file. */
export function parseSettings(text: string, file: string): Settings {
  const plain = text.replace(/^\uFEFF/, "");
  const values = parseEnv(plain);
  const notes = plain === text ? [] : [`${file} begins with a byte order mark, which is ignored.`];
  const seen = new Map<string, number>();
  for (const line of listAssignments(plain)) {
    const before = seen.get(line.name);
    seen.set(line.name, line.number);
    if (before !== undefined) {
      notes.push(`${file} sets ${line.name} twice, on lines ${before} and ${line.number}. The last one counts.`);
    }
    const whole = parseHashValue(line);
    if (whole === undefined) continue;
    values[line.name] = whole;
    notes.push(
      `The # in ${line.name} (${file}, line ${line.number}) is read as a part of the value. Put the value in quotes.`,
    );
  }
  return { values, notes };
}

/** The assignments of the file. A value in quotes may go over several lines. */
function listAssignments(text: string): Line[] {
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
 * The whole value of a line with a #, which Node's parser would cut off there. As in shells and Docker, a # begins a
 * comment only after a space.
 */
function parseHashValue({ text }: Line): string | undefined {
  if (/^["'`]/.test(text)) return undefined;
  const value = text.replace(/\s#.*$/, "").trim();
  return value.includes("#") && !value.startsWith("#") ? value : undefined;
}
