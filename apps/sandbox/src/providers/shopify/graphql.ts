/** A field as a GraphQL document asks for it. */
export interface Selection {
  readonly name: string;
  readonly alias: string;
  readonly fields: readonly Selection[];
}

export class UnreadableQuery extends Error {
  override name = "UnreadableQuery";
}

/** The selections of a document of one operation; arguments and variables are passed over, fragments are not known. */
export function parseQuery(query: string): Selection[] {
  const bare = query.replaceAll(/#[^\n]*/g, "").replaceAll(/\([^()]*\)/g, "");
  const start = bare.indexOf("{");
  const tokens = (start < 0 ? "" : bare.slice(start)).match(/[{}:]|\w+|[^\s,]/g) ?? [];
  const selections = block(tokens);
  if (tokens.length > 0) throw new UnreadableQuery(`Parse error on "${tokens[0]}"`);
  return selections;
}

/** Reads `{ … }` off the front of the tokens. */
function block(tokens: string[]): Selection[] {
  if (tokens.shift() !== "{") throw new UnreadableQuery("Parse error: expected a selection set");
  const selections: Selection[] = [];
  while (tokens[0] !== "}") selections.push(field(tokens));
  tokens.shift();
  return selections;
}

function field(tokens: string[]): Selection {
  const alias = word(tokens);
  const isAliased = tokens[0] === ":";
  if (isAliased) tokens.shift();
  const name = isAliased ? word(tokens) : alias;
  return { name, alias, fields: tokens[0] === "{" ? block(tokens) : [] };
}

function word(tokens: string[]): string {
  const token = tokens.shift();
  if (token === undefined || !/^\w+$/.test(token)) throw new UnreadableQuery(`Parse error on "${token ?? "end"}"`);
  return token;
}
