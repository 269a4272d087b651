import { z } from "zod";
import { connectionIdText } from "../http/schemas.ts";
import { defineOperation } from "./operation.ts";
import { connection, credential } from "./schemas.ts";
import { listVisible } from "./service-keys.ts";

/** The id of a connection in a path. */
export const connectionParams = z.object({ id: connectionIdText });

/** The body of a token request, which may be empty. */
export const tokenBody = z.object({ lease: z.uuid().optional() }).optional();

/** The id of a user: PostgreSQL takes no text with a zero byte. */
const userId = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\0]+$/);

/** GET /connections. */
export const listConnections = defineOperation({
  id: "listConnections",
  method: "GET",
  path: "/connections",
  right: "read",
  summary: "List a user's connections at the providers that the key sees, the oldest first",
  query: z.strictObject({ user: userId }),
  answer: z.strictObject({ connections: z.array(connection), nextCursor: z.string().nullable() }),
  errors: [],
  async handle({ key, query }, { connections, registry }) {
    return { connections: await connections.ofUser(query.user, listVisible(key, registry)), nextCursor: null };
  },
});

/** POST /connections/:id/token, which the fast path answers. */
export const issueToken = defineOperation({
  id: "issueToken",
  method: "POST",
  path: "/connections/{id}/token",
  right: "token",
  summary: "Get a credential of the connection that works",
  params: connectionParams,
  body: tokenBody,
  answer: credential,
  errors: [
    "connection_unknown",
    "needs_reconnect",
    "account_paused",
    "provider_misconfigured",
    "provider_misbehaved",
    "provider_unavailable",
    "provider_not_configured",
  ],
});
