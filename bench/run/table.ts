/** Rows of text under a heading, as lines of Markdown: it reads well in a terminal too. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const columns = heading.map((name, at) => columnOf([name, ...rows.map((row) => row[at] ?? "")]));
  const line = (cells: readonly string[]) => `| ${columns.map(({ pad }, at) => pad(cells[at] ?? "")).join(" | ")} |`;
  return [line(heading), `| ${columns.map(({ rule }) => rule).join(" | ")} |`, ...rows.map(line)];
}

/** Numbers stand to the right. */
function columnOf([name = "", ...cells]: readonly string[]) {
  const width = Math.max(3, name.length, ...cells.map((cell) => cell.length));
  const numbers = cells.every((cell) => /^[\d.,–-]+[×%]?$/.test(cell));
  return numbers
    ? { pad: (cell: string) => cell.padStart(width), rule: `${"-".repeat(width - 1)}:` }
    : { pad: (cell: string) => cell.padEnd(width), rule: "-".repeat(width) };
}
