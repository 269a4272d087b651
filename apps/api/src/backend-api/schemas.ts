import { healthReasons } from "@patchbay/core/health";
import { z } from "zod";

/** A moment as ISO 8601 in UTC. */
const moment = z.iso.datetime({ precision: 3 });

/** A user's link to an account, as back ends see it. */
export const connection = z.strictObject({
  id: z.int().min(1),
  provider: z.string(),
  label: z.string(),
  email: z.string().nullable(),
  status: z.enum(["active", "needs_reconnect", "revoked", "disconnecting"]),
  reason: z.enum(healthReasons).nullable(),
  scopes: z.array(z.string()),
  details: z.record(z.string(), z.string()),
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
