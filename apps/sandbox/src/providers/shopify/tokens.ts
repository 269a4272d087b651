/** What of a GraphQL document is still to be read. */
export type Tokens = string[];

export class UnreadableQuery extends Error {
  override name = "UnreadableQuery";
}

/** Comments are dropped; strings, numbers and words are one token each, and so is any other character. */
const lexeme = /#[^\n]*|"(?:[^"\\\n]|\\["\\/bfnrt]|\\u[\da-fA-F]{4})*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\w+|[^\s,]/g;

export const tokenise = (document: string): Tokens =>
  (document.match(lexeme) ?? []).filter((token) => !token.startsWith("#"));

const unreadable = (token: string | undefined): UnreadableQuery =>
  new UnreadableQuery(`Parse error on "${token ?? "end"}"`);

/** Whether this token came next; it is then gone. */
export function skip(tokens: Tokens, token: string): boolean {
  const isNext = tokens[0] === token;
  if (isNext) tokens.shift();
  return isNext;
}

export function take(tokens: Tokens, token: string): void {
  if (!skip(tokens, token)) throw unreadable(tokens[0]);
}

export function word(tokens: Tokens): string {
  const token = tokens.shift();
  if (token === undefined || !/^[A-Za-z_]\w*$/.test(token)) throw unreadable(token);
  return token;
}

/** One after another, until the bracket closes. */
export function until<T>(tokens: Tokens, close: string, read: (tokens: Tokens) => T): T[] {
  const items: T[] = [];
  while (!skip(tokens, close)) items.push(read(tokens));
  return items;
}
