import { z } from "zod";
import { type PeopleStore, personFields } from "../people-store.ts";

/** A person with a phone. The numbers are reserved for fiction and have a valid form in their country. */
export const telegramPerson = z.object({
  ...personFields,
  /** In international form, without spaces. */
  phone: z.string().regex(/^\+\d{7,15}$/),
  /** The data centre where the account lives. */
  dc: z.union([z.literal(2), z.literal(4)]),
  id: z.number().int().positive(),
  username: z.string().optional(),
  about: z.string().optional(),
  /** The password of the second step, if the account has one. */
  password: z.string().min(1).optional(),
  passwordHint: z.string().optional(),
  registered: z.boolean().default(true),
  banned: z.boolean().default(false),
});

/** A person with a phone. */
export type TelegramPerson = z.infer<typeof telegramPerson>;
type TelegramSeed = z.input<typeof telegramPerson>;

/** The people of Telegram who live in the sandbox, by id. */
export const telegramPeople = {
  lena: {
    person: "lena",
    name: "Lena Fischer",
    phone: "+12025550101",
    dc: 2,
    id: 6_120_443_871,
    username: "lena_fischer",
    about: "Ceramics, slowly.",
  },
  marco: {
    person: "marco",
    name: "Marco Bellini",
    phone: "+12025550102",
    dc: 2,
    id: 7_034_918_265,
    username: "marcobellini",
    password: "espresso doppio",
    passwordHint: "what I drink",
  },
  yuki: { person: "yuki", name: "Yuki Tanaka", phone: "+61491570156", dc: 4, id: 402_771_936 },
  amara: {
    person: "amara",
    name: "Amara Nwosu",
    phone: "+33639980104",
    dc: 4,
    id: 5_581_207_394,
    username: "amara_n",
    password: "Höhenweg-42",
    passwordHint: "the long walk",
  },
  sofia: { person: "sofia", name: "Sofia", phone: "+12025550105", dc: 2, id: 8_002_615_470 },
  noah: { person: "noah", name: "Noah Lindqvist", phone: "+12025550106", dc: 2, id: 8_114_550_093, registered: false },
  victor: { person: "victor", name: "Victor Crane", phone: "+12025550107", dc: 2, id: 6_677_012_548, banned: true },
} as const satisfies Readonly<Record<string, TelegramSeed>>;

function describeSeed(seed: TelegramSeed): string {
  if (seed.banned === true) return `${seed.phone}, banned`;
  if (seed.registered === false) return `${seed.phone}, not on Telegram yet`;
  return `${seed.phone}, ${seed.password === undefined ? "no password" : "with a password"}, DC ${seed.dc}`;
}

/** The people of Telegram with the defaults of their fields. */
export const seededTelegramPeople: readonly TelegramPerson[] = Object.values(telegramPeople).map((seed) =>
  telegramPerson.parse({ hint: describeSeed(seed), ...seed }),
);

/** Reduces a number to its digits, as Telegram writes it. */
export const normalizePhone = (phone: string): string => phone.replaceAll(/\D/g, "");

/** Finds the person with this number, in any form. */
export const findByPhone = (people: PeopleStore<TelegramPerson>, phone: string): TelegramPerson | undefined =>
  people.listSeeded().find((person) => normalizePhone(person.phone) === normalizePhone(phone));
