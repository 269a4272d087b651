import { z } from "zod";
import { type Patch, type Patchable, patchable, patchSchema } from "./patch.ts";

/** What every seeded person has; `answer` is a merge patch on what the provider says of them. */
export const personFields = {
  person: z.string(),
  name: z.string(),
  email: z.string().optional(),
  hint: z.string().optional(),
  answer: patchSchema.optional(),
};

export interface Person {
  readonly person: string;
  readonly name: string;
  readonly email?: string | undefined;
  /** What else the pages say of them. */
  readonly hint?: string | undefined;
  readonly answer?: Patch | undefined;
}

/** The people of one provider, as seeded and as the control door altered them since. */
export interface People<P extends Person = Person> {
  /** Those who were seeded. The synthetic ones are too many for a list; they are found by their names alone. */
  all(): readonly P[];
  find(id: string): P | undefined;
  /** The person whose account has this name. */
  named(account: string): P | undefined;
  /** The person behind a grant or code, who is always somebody. */
  behind(consent: { readonly person: string }): P;
  set(id: string, fields: Patch): boolean;
  /** Makes so many synthetic people, whose ids begin with the prefix. */
  add(count: number, prefix: string, make: (id: string) => P): P[];
  /** Undoes what was set, and forgets the synthetic people. */
  reset(): void;
}

export interface Crowd<P extends Person> {
  readonly schema: z.ZodType<P>;
  readonly seeds: readonly P[];
  /** The names of a person's account at the provider. */
  readonly names: (person: P) => readonly (string | undefined)[];
}

export function createPeople<P extends Person>({ schema, seeds, names }: Crowd<P>): People<P> {
  const people = new Map<string, Patchable<P>>();
  const ids = new Map<string, string>();
  const made = new Map<string, number>();

  function index(person: P): void {
    for (const name of names(person)) if (name !== undefined) ids.set(name, person.person);
  }
  function put(person: P): P {
    people.set(person.person, patchable(schema, person));
    index(person);
    return person;
  }
  function restore(): void {
    for (const map of [people, ids, made]) map.clear();
    for (const seed of seeds) put(seed);
  }
  restore();

  const find = (id: string): P | undefined => people.get(id)?.current();
  return {
    all: () => seeds.map(({ person }) => find(person)).filter((person) => person !== undefined),
    find,
    named: (account) => {
      const person = find(ids.get(account) ?? "");
      return person && names(person).includes(account) ? person : undefined;
    },
    behind: ({ person }) => {
      const found = find(person);
      if (found === undefined) throw new Error(`There is no person "${person}".`);
      return found;
    },
    set: (id, fields) => {
      const person = people.get(id);
      person?.set({ ...fields, person: id });
      if (person) index(person.current());
      return person !== undefined;
    },
    add: (count, prefix, make) => {
      const from = made.get(prefix) ?? 0;
      made.set(prefix, from + count);
      return Array.from({ length: count }, (_, nth) => put(make(`${prefix}-${from + nth + 1}`)));
    },
    reset: restore,
  };
}
