import { z } from "zod";
import { personFields } from "../../people.ts";

export const stripePerson = z.object({
  ...personFields,
  account: z.string(),
  /** What the business calls itself; Stripe may not know. */
  business_name: z.string().optional(),
  country: z.string(),
  default_currency: z.string(),
});

export type StripePerson = z.infer<typeof stripePerson>;

export const stripePeople: readonly StripePerson[] = [
  {
    person: "mei",
    name: "Mei Tanaka",
    email: "mei@tanaka-bikes.example",
    account: "acct_1QmT4nBk7sandbox1",
    business_name: "Tanaka Bikes",
    country: "JP",
    default_currency: "jpy",
  },
  {
    person: "luca",
    name: "Luca Moretti",
    email: "luca.moretti@gelateria-moretti.example",
    account: "acct_1RfW8pLx2sandbox2",
    country: "IT",
    default_currency: "eur",
  },
];
