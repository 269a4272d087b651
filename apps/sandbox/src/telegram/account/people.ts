import { z } from "zod";
import { type People, personFields } from "../../people.ts";

/** Somebody with a telephone. The numbers are set aside for fiction, and of a form that is valid in their country. */
export const telegramPerson = z.object({
  ...personFields,
  /** In international form, without spaces. */
  phone: z.string().regex(/^\+\d{7,15}$/),
  /** The data centre where the account lives. */
  dc: z.union([z.literal(2), z.literal(4)]),
  id: z.number().int().positive(),
  username: z.string().optional(),
  about: z.string().optional(),
  /** The second step of a login, where there is one. */
  password: z.string().min(1).optional(),
  passwordHint: z.string().optional(),
  registered: z.boolean().default(true),
  banned: z.boolean().default(false),
});

export type TelegramPerson = z.infer<typeof telegramPerson>;
type Seed = z.input<typeof telegramPerson>;

const seeds: readonly Seed[] = [
  {
    person: "lena",
    name: "Lena Fischer",
    phone: "+12025550101",
    dc: 2,
    id: 6_120_443_871,
    username: "lena_fischer",
    about: "Ceramics, slowly.",
  },
  {
    person: "marco",
    name: "Marco Bellini",
    phone: "+12025550102",
    dc: 2,
    id: 7_034_918_265,
    username: "marcobellini",
    password: "espresso doppio",
    passwordHint: "what I drink",
  },
  { person: "yuki", name: "Yuki Tanaka", phone: "+61491570156", dc: 4, id: 402_771_936 },
  {
    person: "amara",
    name: "Amara Nwosu",
    phone: "+33639980104",
    dc: 4,
    id: 5_581_207_394,
    username: "amara_n",
    password: "Höhenweg-42",
    passwordHint: "the long walk",
  },
  { person: "sofia", name: "Sofia", phone: "+12025550105", dc: 2, id: 8_002_615_470 },
  { person: "noah", name: "Noah Lindqvist", phone: "+12025550106", dc: 2, id: 8_114_550_093, registered: false },
  { person: "victor", name: "Victor Crane", phone: "+12025550107", dc: 2, id: 6_677_012_548, banned: true },
];

function hint(seed: Seed): string {
  if (seed.banned === true) return `${seed.phone}, banned`;
  if (seed.registered === false) return `${seed.phone}, not on Telegram yet`;
  return `${seed.phone}, ${seed.password === undefined ? "no password" : "with a password"}, DC ${seed.dc}`;
}

export const telegramPeople: readonly TelegramPerson[] = seeds.map((seed) =>
  telegramPerson.parse({ hint: hint(seed), ...seed }),
);

/** A number in whatever form, as its digits alone: how Telegram itself writes it. */
export const digits = (phone: string): string => phone.replaceAll(/\D/g, "");

export const byPhone = (people: People<TelegramPerson>, phone: string): TelegramPerson | undefined =>
  people.all().find((person) => digits(person.phone) === digits(phone));
