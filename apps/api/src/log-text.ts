/** Control characters and those that turn the direction of writing: a terminal obeys them. */
const unruly = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
const maxTextLength = 1000;
const maxStackLength = 8000;
const maxEntries = 50;
const maxDepth = 4;

/** A text as the log may hold it: on one line, of bounded length, and nothing but text. */
export function cleanText(text: string, longest = maxTextLength): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.toWellFormed().replace(unruly, "");
}

/** Bounds a stack and removes control characters from its lines. */
export function cleanStack(stack: string): string {
  return stack
    .slice(0, maxStackLength)
    .split("\n")
    .map((line) => cleanText(line))
    .join("\n");
}

/** The same for all texts within a value. Errors are left as they are: they are described apart. */
export function cleanValue(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return cleanText(value);
  if (typeof value !== "object" || value === null || value instanceof Error) return value;
  if (depth >= maxDepth) return "(too deep)";
  if (Array.isArray(value)) return value.slice(0, maxEntries).map((entry) => cleanValue(entry, depth + 1));
  const entries = Object.entries(value).slice(0, maxEntries);
  return Object.fromEntries(entries.map(([name, entry]) => [cleanText(name), cleanValue(entry, depth + 1)]));
}
