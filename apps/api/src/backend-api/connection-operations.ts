import { z } from "zod";
import { connectionIdText, providerId } from "../http/schemas.ts";
import { cursor, encodeCursor } from "./cursor.ts";
import { defineOperation } from "./operation.ts";
import { connection, connectionStatus, credential, customLabel, productId, receipt, tags } from "./schemas.ts";
import { buildScope } from "./service-keys.ts";

/** The id of a connection in a path. */
export const connectionParams = z.object({ id: connectionIdText });

/** The body of a token request, which may be empty. */
export const tokenBody = z.object({ lease: z.uuid().optional() }).optional();

const maxLimit = 500;
const usualLimit = 100;

/** GET /connections. */
export const listConnections = defineOperation({
  id: "listConnections",
  method: "GET",
  path: "/connections",
  right: "read",
  summary: "List the connections that the key sees, the oldest first",
  description: "`nextCursor` is the `cursor` of the next page, or null on the last one.",
  query: z.strictObject({
    user: productId.optional(),
    tenant: productId.optional(),
    provider: providerId.optional(),
    status: connectionStatus.optional(),
    tag: tags.optional(),
    limit: z.coerce.number().int().min(1).max(maxLimit).default(usualLimit),
    cursor: cursor.optional(),
  }),
  answer: z.strictObject({ connections: z.array(connection), nextCursor: z.string().nullable() }),
  errors: [],
  async handle({ key, query: { tag, limit, cursor: after, ...filter } }, { serviceConnections, registry }) {
    // One more than the page holds tells whether there is another page.
    const asked = { ...filter, tags: tag, after, limit: limit + 1 };
    const found = await serviceConnections.listVisible(buildScope(key, registry), asked);
    const connections = found.slice(0, limit);
    const last = connections.at(-1);
    return { connections, nextCursor: found.length > limit && last !== undefined ? encodeCursor(last.id) : null };
  },
});

/** GET /connections/:id. */
export const getConnection = defineOperation({
  id: "getConnection",
  method: "GET",
  path: "/connections/{id}",
  right: "read",
  summary: "Get a connection",
  params: connectionParams,
  answer: connection,
  errors: ["connection_unknown"],
  handle: ({ key, params }, { serviceConnections, registry }) =>
    serviceConnections.get(buildScope(key, registry), params.id),
});

/** PATCH /connections/:id. */
export const updateConnection = defineOperation({
  id: "updateConnection",
  method: "PATCH",
  path: "/connections/{id}",
  right: "manage",
  summary: "Change the tags or the label of a connection",
  description: "New tags take the place of all tags. The label null gives the account its own label back.",
  params: connectionParams,
  body: z.strictObject({ tags: tags.optional(), label: customLabel.nullable().optional() }),
  answer: connection,
  errors: ["connection_unknown"],
  handle: ({ key, params, body }, { serviceConnections, registry }) =>
    serviceConnections.update(buildScope(key, registry), params.id, body),
});

/** DELETE /connections/:id. */
export const disconnectConnection = defineOperation({
  id: "disconnectConnection",
  method: "DELETE",
  path: "/connections/{id}",
  right: "manage",
  summary: "Disconnect: remove the connection, and revoke its access at the provider",
  params: connectionParams,
  answer: receipt,
  errors: ["connection_unknown"],
  handle: ({ key, params }, { serviceDisconnect, registry }) => serviceDisconnect(buildScope(key, registry), params.id),
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
    "connection_pending",
    "needs_reconnect",
    "account_paused",
    "provider_misconfigured",
    "provider_misbehaved",
    "provider_unavailable",
    "provider_not_configured",
  ],
});

/** POST /connections/:id/check. */
export const checkConnection = defineOperation({
  id: "checkConnection",
  method: "POST",
  path: "/connections/{id}/check",
  right: "read",
  summary: "Ask the provider now whether the connection works",
  description: "The answer is the connection as it is then. It fails if the provider gives no clear answer.",
  params: connectionParams,
  answer: connection,
  errors: ["connection_unknown", "provider_misconfigured", "provider_misbehaved", "provider_unavailable"],
  async handle({ key, params }, { serviceConnections, credentials, registry }) {
    const scope = buildScope(key, registry);
    await credentials.check(await serviceConnections.getCredential(scope, params.id));
    return await serviceConnections.get(scope, params.id);
  },
});

/** POST /connections/:id/approve. */
export const approveConnection = defineOperation({
  id: "approveConnection",
  method: "POST",
  path: "/connections/{id}/approve",
  right: "connect",
  summary: "Approve a pending connection",
  description:
    "A connection that is not approved within 24 hours is disconnected. One that is not pending stays as it is.",
  params: connectionParams,
  answer: connection,
  errors: ["connection_unknown"],
  handle: ({ key, params }, { serviceConnections, registry }) =>
    serviceConnections.approve(buildScope(key, registry), params.id),
});
