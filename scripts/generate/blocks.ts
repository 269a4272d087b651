/** Replaces what stands between the two lines that begin and end a generated block. Throws if the text lacks them. */
export function replaceBlock(text: string, name: string, content: string): string {
  const lines = text.split("\n");
  const begin = lines.findIndex((line) => line.includes(`begin ${name}:`));
  const end = lines.findIndex((line) => line.includes(`end ${name}`));
  if (begin === -1 || end <= begin)
    throw new Error(`There is no block "${name}": it needs a line that begins it and one that ends it.`);
  return [...lines.slice(0, begin + 1), content, ...lines.slice(end)].join("\n");
}

/** Renders a table as the formatter writes it: the columns are as wide as their widest cell. */
export function renderTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const renderRow = (row: readonly string[], fill: string) =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width, fill)).join(" | ")} |`;
  return [renderRow(head, " "), renderRow([], "-"), ...rows.map((row) => renderRow(row, " "))].join("\n");
}

const maxWidth = 130;

/** Renders a text as comment lines of a .env file. Each line of the text begins a new one. */
export function renderComment(text: string): string[] {
  return text.split("\n").flatMap(wrapLine);
}

function wrapLine(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > maxWidth) lines.push(`# ${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
