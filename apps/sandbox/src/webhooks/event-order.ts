import { z } from "zod";
import { patchSchema } from "../patch.ts";
import { loopbackUrl } from "./loopback.ts";

const forgerySchema = z.enum(["unsigned", "signature", "body", "timestamp", "certificate"]);

/** What is wrong with a forged delivery. Everything else about it is right. */
export type Forgery = z.infer<typeof forgerySchema>;

const timeSchema = z
  .union([z.number(), z.iso.datetime({ offset: true })])
  .transform((value) => new Date(value).getTime());

/** What an order can choose about an event. Without a person, shop or account it is about the provider's first person. */
export const eventOrderFields = {
  event: z.string().min(1),
  person: z.string().optional(),
  shop: z.string().optional(),
  /** The account as the provider names it. It may be an account that no person has. */
  account: z.string().optional(),
  /** The time that the signature claims, and at which the event happened. */
  at: timeSchema.optional(),
  id: z.string().min(1).optional(),
  to: loopbackUrl.optional(),
  forge: forgerySchema.optional(),
  /** A merge patch on the event, before it is signed. */
  patch: patchSchema.optional(),
};
