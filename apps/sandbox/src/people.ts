import { z } from "zod";
import { type Patch, patchable, patchSchema } from "./patch.ts";

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
  all(): readonly P[];
  find(id: string): P | undefined;
  /** The person behind a grant or code, who is always somebody. */
  behind(consent: { readonly person: string }): P;
  set(id: string, fields: Patch): boolean;
  reset(): void;
}

export function createPeople<P extends Person>(schema: z.ZodType<P>, seeds: readonly P[]): People<P> {
  const people = new Map(seeds.map((seed) => [seed.person, patchable(schema, seed)]));
  return {
    all: () => [...people.values()].map((person) => person.current()),
    find: (id) => people.get(id)?.current(),
    behind: ({ person }) => {
      const found = people.get(person);
      if (found === undefined) throw new Error(`There is no person "${person}".`);
      return found.current();
    },
    set: (id, fields) => {
      people.get(id)?.set({ ...fields, person: id });
      return people.has(id);
    },
    reset: () => {
      for (const person of people.values()) person.reset();
    },
  };
}
