import { z } from "zod";
import { eventOrderFields } from "../../webhooks/event-order.ts";

/** The input of `POST /_/sign`. */
export const signSchema = z.strictObject({
  ...eventOrderFields,
  provider: z.string(),
  /** Several people take turns. */
  person: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  count: z.number().int().min(1).max(1_000_000).default(1),
  /** How often each delivery is sent again, with the same id and bytes. */
  duplicates: z.number().int().min(0).max(1000).default(0),
});

/** The input of `POST /_/emit`. */
export const emitSchema = signSchema.extend({ retries: z.number().int().min(0).max(100).default(0) });

const deliverySchema = z.object({
  id: z.string(),
  /** 0 if there was no response; the body then says why. */
  status: z.number(),
  body: z.string(),
  attempts: z.number(),
  forged: z.string().optional(),
  validated: z.boolean().optional(),
});

/** What became of one delivery. */
export type ReportedDelivery = z.infer<typeof deliverySchema>;

/** Each delivery, or for more than twenty how many had each status. */
export const emittedSchema = z.object({
  deliveries: z.array(deliverySchema).optional(),
  totals: z.record(z.string(), z.number()).optional(),
  attempts: z.number().optional(),
});

const signedWebhookSchema = z.object({
  id: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  forged: z.string().optional(),
});

/** A webhook that is signed and ready to be sent. */
export type SignedWebhook = z.infer<typeof signedWebhookSchema>;

/** The signed webhooks of an order. */
export const signedSchema = z.object({ requests: z.array(signedWebhookSchema) });

/** The input of `POST /_/remove`. */
export const removeAppSchema = z.strictObject({
  provider: z.string(),
  person: z.string().optional(),
  shop: z.string().optional(),
  deliver: z.boolean().default(true),
});

/** How many grants ended, and the events that tell the app. */
export const appRemovedSchema = z.object({
  ended: z.number(),
  events: z.array(z.object({ event: z.string(), id: z.string(), url: z.string() })),
});

/** Where apps asked to hear of events. Each provider adds fields of its own. */
export const subscriptionsSchema = z.array(z.looseObject({ provider: z.string() }));

const deliveryAttemptSchema = z.object({
  provider: z.string(),
  event: z.string(),
  id: z.string(),
  url: z.string(),
  /** 0 if there was no response. */
  status: z.number(),
  at: z.string(),
});

/** One attempt to deliver a webhook. */
export type DeliveryAttempt = z.infer<typeof deliveryAttemptSchema>;

/** The attempts to deliver webhooks, oldest first. */
export const deliveryAttemptsSchema = z.array(deliveryAttemptSchema);
