import { z } from "zod";
import { personFields } from "../../people-store.ts";

/** A Stripe account and its owner. */
export const stripePerson = z.object({
  ...personFields,
  account: z.string(),
  /** The name of the business. Stripe may not know it. */
  business_name: z.string().optional(),
  country: z.string(),
  default_currency: z.string(),
});

/** A Stripe account and its owner. */
export type StripePerson = z.infer<typeof stripePerson>;

/** The people of Stripe who live in the sandbox, by id. */
export const stripePeople = {
  mei: {
    person: "mei",
    name: "Mei Tanaka",
    email: "mei@tanaka-bikes.example",
    account: "acct_1QmT4nBk7sandbox1",
    business_name: "Tanaka Bikes",
    country: "JP",
    default_currency: "jpy",
  },
  luca: {
    person: "luca",
    name: "Luca Moretti",
    email: "luca.moretti@gelateria-moretti.example",
    account: "acct_1RfW8pLx2sandbox2",
    country: "IT",
    default_currency: "eur",
  },
} as const satisfies Readonly<Record<string, StripePerson>>;
