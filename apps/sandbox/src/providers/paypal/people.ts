import { z } from "zod";
import { personFields } from "../../people-store.ts";

/** A PayPal account. */
export const paypalPerson = z.object({
  ...personFields,
  /** PayPal shows it to merchants as their Merchant ID. */
  payer_id: z.string().optional(),
  user_id: z.string(),
  /** An unconfirmed address that PayPal lists before the primary one. */
  other_email: z.string().optional(),
  verified: z.boolean(),
  account_type: z.enum(["PERSONAL", "BUSINESS"]),
  /** PayPal sends some booleans as the strings "true" and "false". */
  booleans_as_text: z.boolean(),
  address: z.record(z.string(), z.string()),
  /** What PayPal says of a merchant's business. */
  business: z
    .object({
      business_name: z.string(),
      business_category: z.string(),
      business_phone: z.string(),
      business_address: z.record(z.string(), z.string()),
    })
    .partial()
    .optional(),
});

/** A PayPal account. */
export type PaypalPerson = z.infer<typeof paypalPerson>;

/** The people of PayPal who live in the sandbox, by id. */
export const paypalPeople = {
  grace: {
    person: "grace",
    name: "Grace Lindholm",
    email: "grace@nordic-ceramics.example",
    payer_id: "WDJJHEBZ4X2LY",
    user_id: "mE7kqTz0Xb9vR4sNc2LhYp1dGwJ6fA8uQi3oKxVtZ5C",
    other_email: "g.lindholm@mail.example",
    verified: true,
    account_type: "BUSINESS",
    booleans_as_text: true,
    address: {
      street_address: "Storgatan 14",
      locality: "Uppsala",
      region: "Uppsala",
      postal_code: "753 31",
      country: "SE",
    },
    business: {
      business_name: "Nordic Ceramics AB",
      business_category: "Arts and crafts",
      business_phone: "+46181234567",
      business_address: {
        street_address: "Kungsgatan 2",
        locality: "Uppsala",
        region: "Uppsala",
        postal_code: "753 32",
        country: "SE",
      },
    },
  },
  kwame: {
    person: "kwame",
    name: "Kwame Boateng",
    email: "kwame.boateng@mail.example",
    payer_id: "7RQ2M5KHN8TCA",
    user_id: "hP3xVd8nLq6tYc1wEj0rZb5sKg9mUa2fRo7iNkTv4XB",
    verified: false,
    account_type: "PERSONAL",
    booleans_as_text: false,
    address: {
      street_address: "22 Oxford Street",
      locality: "Accra",
      region: "Greater Accra",
      postal_code: "GA-145",
      country: "GH",
    },
  },
} as const satisfies Readonly<Record<string, PaypalPerson>>;
