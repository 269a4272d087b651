import { healthReasons } from "@patchbay/core/health";
import { z } from "zod";

/** A moment as ISO 8601 in UTC. */
export const moment = z.iso.datetime({ precision: 3 });

/** The status of a connection, as it is shown. */
export const connectionStatus = z.enum(["active", "needs_reconnect", "revoked", "disconnecting", "pending"]);

/** A user's link to an account, as back ends see it. */
export const connection = z.strictObject({
  id: z.int().min(1),
  provider: z.string(),
  label: z.string(),
  email: z.string().nullable(),
  status: connectionStatus,
  reason: z.enum(healthReasons).nullable(),
  scopes: z.array(z.string()),
  missingScopes: z.array(z.string()),
  details: z.record(z.string(), z.string()),
  user: z.strictObject({ id: z.string(), name: z.string().nullable(), email: z.string().nullable() }),
  tenant: z.strictObject({ id: z.string(), name: z.string().nullable() }).nullable(),
  tags: z.record(z.string(), z.string()),
  connectedAt: moment,
  lastUsedAt: moment.nullable(),
  endsAt: moment.nullable(),
});

const api = z.strictObject({ baseUrl: z.url(), headers: z.record(z.string(), z.string()) });

const credentialFields = {
  connection: z.int().min(1),
  provider: z.string(),
  scopes: z.array(z.string()),
  account: z.strictObject({ id: z.string(), label: z.string(), email: z.string().nullable() }),
  expiresAt: moment.nullable(),
};

/** What opens an account. */
export const credential = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("bearer"),
    ...credentialFields,
    api,
    accessToken: z.string(),
    metadata: z.record(z.string(), z.string()),
  }),
  z.strictObject({
    type: z.literal("stripe_account"),
    ...credentialFields,
    api,
    stripeAccountId: z.string(),
    livemode: z.boolean(),
  }),
  z.strictObject({
    type: z.literal("telegram_session"),
    ...credentialFields,
    session: z.string(),
    lease: z.strictObject({ id: z.uuid(), until: moment }),
  }),
]);

/** How an operation fails. `message` is for people; programs branch on `code`. */
export const failure = z.strictObject({
  message: z.string(),
  code: z.string(),
  field: z.string().optional(),
  reason: z.string().optional(),
  /** Which account the user signed in to at the provider, and whether it is a working connection of theirs. */
  account: z.strictObject({ label: z.string(), connected: z.boolean() }).optional(),
});

const manageUrl = z.string().optional();

/** What became of the access at a provider. */
const revocation = z.discriminatedUnion("outcome", [
  z.strictObject({ outcome: z.literal("revoked") }),
  z.strictObject({ outcome: z.literal("shared") }),
  z.strictObject({ outcome: z.literal("unsupported"), manageUrl: z.string() }),
  z.strictObject({ outcome: z.literal("retrying"), manageUrl, reason: z.literal("account_paused").optional() }),
]);

/** What became of a connection that was removed. */
export const receipt = z.strictObject({
  id: z.int().min(1),
  provider: z.string(),
  label: z.string(),
  revocations: z.array(revocation),
  webhooks: z.literal("removed").optional(),
});

/** A text without control characters and halves of characters: PostgreSQL refuses some of both. */
export const printable = /^[^\p{Cc}\p{Cs}]*$/u;

/** The product's id of a user or a tenant. */
export const productId = z.string().min(1).max(255).regex(printable);

const maxTags = 10;
const tagKey = z.string().min(1).max(64).regex(printable);
const tagValue = z.string().max(255).regex(printable);

/** What a product notes on a connection. */
export const tags = z
  .record(tagKey, tagValue)
  .refine((given) => Object.keys(given).length <= maxTags, `at most ${maxTags} tags`)
  .meta({ maxProperties: maxTags });

/** What a product calls an account. */
export const customLabel = z.string().trim().min(1).max(255).regex(printable);
