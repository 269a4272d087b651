import { skip, take, type Tokens, tokenise, until, word } from "./tokens.ts";

/** A value as it is written in a document: its variables are still names. */
export type Written =
  | { readonly kind: "value"; readonly value: string | number | boolean | null }
  | { readonly kind: "enum" | "variable"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Written[] }
  | { readonly kind: "object"; readonly fields: readonly Argument[] };

export type Argument = readonly [name: string, value: Written];

/** A field as a GraphQL document asks for it. */
export interface Selection {
  readonly name: string;
  readonly alias: string;
  readonly args: readonly Argument[];
  readonly fields: readonly Selection[];
}

export interface Declared {
  readonly name: string;
  readonly required: boolean;
  readonly fallback: Written | undefined;
}

export interface Operation {
  readonly type: "query" | "mutation";
  readonly variables: readonly Declared[];
  readonly selections: readonly Selection[];
}

/** A document of one operation. Fragments and directives are not known. */
export function parseQuery(query: string): Operation {
  const tokens = tokenise(query);
  const isMutation = skip(tokens, "mutation");
  const isNamed = isMutation || skip(tokens, "query");
  if (isNamed && tokens[0] !== "{" && tokens[0] !== "(") word(tokens);
  const variables = skip(tokens, "(") ? until(tokens, ")", declared) : [];
  const selections = block(tokens);
  if (tokens.length > 0) take(tokens, "end");
  return { type: isMutation ? "mutation" : "query", variables, selections };
}

/** `$name: [Type!]! = fallback`; of the type only whether it must be given is looked at. */
function declared(tokens: Tokens): Declared {
  take(tokens, "$");
  const name = word(tokens);
  take(tokens, ":");
  typeName(tokens);
  const required = skip(tokens, "!");
  return { name, required, fallback: skip(tokens, "=") ? written(tokens) : undefined };
}

function typeName(tokens: Tokens): void {
  if (!skip(tokens, "[")) return void word(tokens);
  typeName(tokens);
  skip(tokens, "!");
  take(tokens, "]");
}

function block(tokens: Tokens): Selection[] {
  take(tokens, "{");
  return until(tokens, "}", field);
}

function field(tokens: Tokens): Selection {
  const alias = word(tokens);
  const name = skip(tokens, ":") ? word(tokens) : alias;
  const args = skip(tokens, "(") ? until(tokens, ")", argument) : [];
  return { name, alias, args, fields: tokens[0] === "{" ? block(tokens) : [] };
}

function argument(tokens: Tokens): Argument {
  const name = word(tokens);
  take(tokens, ":");
  return [name, written(tokens)];
}

const constants: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

function written(tokens: Tokens): Written {
  if (skip(tokens, "$")) return { kind: "variable", name: word(tokens) };
  if (skip(tokens, "[")) return { kind: "list", items: until(tokens, "]", written) };
  if (skip(tokens, "{")) return { kind: "object", fields: until(tokens, "}", argument) };
  if (/^(?:"[^]*"|-?\d.*)$/.test(tokens[0] ?? "")) return { kind: "value", value: literal(tokens.shift() ?? "") };
  const name = word(tokens);
  const constant = constants[name];
  return constant === undefined ? { kind: "enum", name } : { kind: "value", value: constant };
}

/** A string or number, which is written as in JSON. */
const literal = (token: string): string | number => JSON.parse(token) as string | number;
