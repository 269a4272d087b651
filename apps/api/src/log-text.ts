/** Control characters and those that turn the direction of writing: a terminal obeys them. */
const unruly = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
const longestText = 1000;
const longestStack = 8000;
const mostEntries = 50;
const deepest = 4;

/** A text as the log may hold it: on one line, of bounded length, and nothing but text. */
export function cleanText(text: string, longest = longestText): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.toWellFormed().replace(unruly, "");
}

export function cleanStack(stack: string): string {
  return stack
    .slice(0, longestStack)
    .split("\n")
    .map((line) => cleanText(line))
    .join("\n");
}

/** The same for all texts within a value. Errors are left as they are: they are described apart. */
export function cleanValue(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return cleanText(value);
  if (typeof value !== "object" || value === null || value instanceof Error) return value;
  if (depth >= deepest) return "(too deep)";
  if (Array.isArray(value)) return value.slice(0, mostEntries).map((entry) => cleanValue(entry, depth + 1));
  const entries = Object.entries(value).slice(0, mostEntries);
  return Object.fromEntries(entries.map(([name, entry]) => [cleanText(name), cleanValue(entry, depth + 1)]));
}
