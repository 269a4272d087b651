/** A line that names a provider in a list of such lines. */
export interface ListLine {
  /** The file, from the root. */
  readonly file: string;
  readonly line: string;
  /** Matches the lines of the other providers, and captures their ids. */
  readonly siblings: RegExp;
}

/** Inserts a line among its siblings, in alphabetical order of their ids. Throws an error if there are none. */
export function insertLine(text: string, { file, line, siblings }: ListLine): string {
  const findId = (of: string): string | undefined => siblings.exec(of)?.[1];
  const lines = text.split("\n");
  const last = lines.findLastIndex((other) => siblings.test(other));
  if (last === -1) throw new Error(`${file} has no list in which "${line.trim()}" could stand.`);
  const next = lines.findIndex((other) => (findId(other) ?? "") > (findId(line) ?? ""));
  return lines.toSpliced(next === -1 ? findEnd(lines, last) : next, 0, line).join("\n");
}

/** Finds the line after an entry that may go over several lines. */
function findEnd(lines: readonly string[], begin: number): number {
  const indentation = /^ */.exec(lines[begin] ?? "")?.[0] ?? "";
  const goesOn = new RegExp(`^${indentation}[ )}\\]]`);
  let at = begin + 1;
  while (goesOn.test(lines[at] ?? "")) at += 1;
  return at;
}
