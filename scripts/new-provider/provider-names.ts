import { Script } from "node:vm";

/** What a new provider is called. */
export interface ProviderNames {
  /** In code, in addresses and in the database. */
  readonly id: string;
  /** On the page and in comments. */
  readonly name: string;
}

const idPattern = /^[a-z][a-z0-9]{1,31}$/;
const namePattern = /^[\p{L}\p{N}][\p{L}\p{N} .&+-]{0,39}$/u;

/** Parses the arguments of the command. Throws an error that says in one sentence what to write instead. */
export function parseProviderNames(positionals: readonly string[], givenName?: string): ProviderNames {
  const [id, ...more] = positionals;
  if (id === undefined || more.length > 0)
    throw new Error('Name one provider, for example: pnpm new-provider acme --name "Acme Inc."');
  if (!idPattern.test(id))
    throw new Error(`"${id}" cannot be an id: it has to be 2 to 32 small letters and digits, and begin with a letter.`);
  if (!isIdentifier(id)) throw new Error(`"${id}" cannot be an id: it is a word of JavaScript.`);
  const name = givenName ?? capitalize(id);
  if (!namePattern.test(name))
    throw new Error(`"${name}" cannot be a name: it has to be 1 to 40 letters, digits, spaces or any of . & + -`);
  return { id, name };
}

function isIdentifier(word: string): boolean {
  try {
    return new Script(`"use strict"; const ${word} = 0;`) instanceof Script;
  } catch {
    return false;
  }
}

/** The first letter as a capital, as in names of types. */
export const capitalize = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
