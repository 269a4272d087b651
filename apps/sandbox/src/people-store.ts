import { z } from "zod";
import { type Patch, type Patchable, createPatchable, patchSchema } from "./patch.ts";

/** The fields of every seeded person. `answer` is a merge patch on what the provider says about them. */
export const personFields = {
  person: z.string(),
  name: z.string(),
  email: z.string().optional(),
  hint: z.string().optional(),
  answer: patchSchema.optional(),
};

/** A person of a simulated provider. */
export interface Person {
  readonly person: string;
  readonly name: string;
  readonly email?: string | undefined;
  /** What else the pages say about them. */
  readonly hint?: string | undefined;
  readonly answer?: Patch | undefined;
}

/** The people of one provider, as seeded and as the control API changed them. */
export interface PeopleStore<P extends Person = Person> {
  /** Lists the seeded people. Synthetic people are too many for a list. */
  listSeeded(): readonly P[];
  findPerson(id: string): P | undefined;
  /** Finds the person whose account has this name. */
  findByAccount(account: string): P | undefined;
  /** Returns the person of a grant or code. */
  getPerson(consent: { readonly person: string }): P;
  updatePerson(id: string, fields: Patch): boolean;
  /** Creates synthetic people, whose ids begin with the prefix. */
  addSynthetic(count: number, prefix: string, make: (id: string) => P): P[];
  /** Undoes every change and forgets the synthetic people. */
  reset(): void;
}

/** Who is in a store of people, and how their accounts are named. */
export interface PeopleStoreOptions<P extends Person> {
  readonly schema: z.ZodType<P>;
  readonly seeds: readonly P[];
  /** Lists the names of a person's account at the provider. */
  readonly listAccountNames: (person: P) => readonly (string | undefined)[];
}

/** Creates a store that holds the seeded people. */
export function createPeopleStore<P extends Person>({
  schema,
  seeds,
  listAccountNames: names,
}: PeopleStoreOptions<P>): PeopleStore<P> {
  const people = new Map<string, Patchable<P>>();
  const ids = new Map<string, string>();
  const made = new Map<string, number>();

  function index(person: P): void {
    for (const name of names(person)) if (name !== undefined) ids.set(name, person.person);
  }
  function put(person: P): P {
    people.set(person.person, createPatchable(schema, person));
    index(person);
    return person;
  }
  function restore(): void {
    for (const map of [people, ids, made]) map.clear();
    for (const seed of seeds) put(seed);
  }
  restore();

  const findPerson = (id: string): P | undefined => people.get(id)?.current();
  return {
    listSeeded: () => seeds.map(({ person }) => findPerson(person)).filter((person) => person !== undefined),
    findPerson,
    findByAccount: (account) => {
      const person = findPerson(ids.get(account) ?? "");
      return person && names(person).includes(account) ? person : undefined;
    },
    getPerson: ({ person }) => {
      const found = findPerson(person);
      if (found === undefined) throw new Error(`There is no person "${person}".`);
      return found;
    },
    updatePerson: (id, fields) => {
      const person = people.get(id);
      person?.set({ ...fields, person: id });
      if (person) index(person.current());
      return person !== undefined;
    },
    addSynthetic: (count, prefix, make) => {
      const from = made.get(prefix) ?? 0;
      made.set(prefix, from + count);
      return Array.from({ length: count }, (_, nth) => put(make(`${prefix}-${from + nth + 1}`)));
    },
    reset: restore,
  };
}
