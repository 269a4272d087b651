import { ConnectError, failures, type FailureCode } from "@patchbay/core/errors";
import type { ConnectSessionState } from "@patchbay/core/connect-sessions";
import { z } from "zod";
import { connectionId } from "../http/schemas.ts";
import type { Services } from "../services.ts";
import { defineOperation } from "./operation.ts";
import { connection, moment, printable, productId, tags } from "./schemas.ts";
import { buildScope, type ServiceKey } from "./service-keys.ts";

/** How people or customers are called. */
const personName = z.string().max(200).regex(printable).nullable().default(null);

const usualSeconds = 1_800;

// Strict: a returnUrl that is misspelled would make a link without a way back.
const sessionRequest = z.strictObject({
  user: z.object({
    /** The product's own id of its user. */
    id: productId,
    name: personName,
    email: z.string().max(320).regex(printable).nullable().default(null),
  }),
  tenant: z.object({ id: productId, name: personName }).nullable().default(null),
  providers: z.array(z.string().max(64)).min(1).max(50).optional(),
  connection: connectionId.nullable().default(null),
  scopes: z.record(z.string().max(64), z.array(z.string().min(1).max(255).regex(printable)).min(1).max(50)).default({}),
  tags: tags.default({}),
  returnUrl: z.string().max(2_000).nullable().default(null),
  locale: z
    .string()
    .max(35)
    .regex(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/)
    .nullable()
    .default(null)
    .describe("The user's language. It is stored with the session, and changes nothing yet: the page is in English."),
  expiresIn: z.int().min(60).max(86_400).default(usualSeconds),
});

const sessionId = z.object({ id: z.string().regex(/^cs_[\w-]{1,64}$/) });
const failureCode = z.enum(Object.keys(failures) as [FailureCode, ...FailureCode[]]);

const sessionState = z.strictObject({
  id: z.string(),
  status: z.enum(["open", "opened", "returned", "connected", "failed", "expired"]),
  /** Why the latest attempt failed. */
  failure: failureCode.nullable(),
  /** The id of the connection that came of it. */
  connection: z.int().min(1).nullable(),
  expiresAt: moment,
});

/** POST /connect/sessions. */
export const createConnectSession = defineOperation({
  id: "createConnectSession",
  method: "POST",
  path: "/connect/sessions",
  right: "connect",
  summary: "Make a link with which one user of the product connects accounts",
  headers: z.object({
    "idempotency-key": z
      .string()
      .min(1)
      .max(255)
      .regex(/^[\x21-\x7E]+$/)
      .optional(),
  }),
  body: sessionRequest,
  answer: sessionState.pick({ id: true, status: true, expiresAt: true }).extend({ token: z.string(), url: z.url() }),
  status: 201,
  errors: ["connection_unknown", "idempotency_key_reused", "provider_not_configured", "provider_unknown"],
  async handle({ key, headers, body }, { connectSessions, ...services }) {
    const providers = pickProviders(services, key, body.providers);
    if (!Object.keys(body.scopes).every((provider) => providers.includes(provider)))
      throw new ConnectError("invalid_request", "scopes of another provider than the session's", { field: "scopes" });
    const backEnd = { application: key.application, serviceKey: key.name };
    const request = { ...body, providers };
    const { id, token, url, status, expiresAt } = await connectSessions.create(
      backEnd,
      request,
      headers["idempotency-key"],
    );
    return { id, token, url, status, expiresAt };
  },
});

/**
 * The providers of a session: those that are asked for, each of which has to be usable, or all that are. Usable are those that
 * the key sees, that are set up, and that do not return to the page of users who sign in here.
 */
function pickProviders(
  { registry, returnsToPage }: Pick<Services, "registry" | "returnsToPage">,
  key: ServiceKey,
  wanted: readonly string[] | undefined,
): string[] {
  const visible = buildScope(key, registry).providers;
  if (wanted !== undefined && !wanted.every((id) => visible.includes(id)))
    throw new ConnectError("provider_unknown", "not a provider of this key", { field: "providers" });
  const usable = visible.filter((id) => registry.get(id)?.provider !== undefined && !returnsToPage(id));
  const picked = usable.filter((id) => wanted === undefined || wanted.includes(id));
  if (picked.length === 0 || wanted?.every((id) => usable.includes(id)) === false)
    throw new ConnectError("provider_not_configured", "not set up for connect sessions", { field: "providers" });
  return picked;
}

/** GET /connect/sessions/:id. */
export const getConnectSession = defineOperation({
  id: "getConnectSession",
  method: "GET",
  path: "/connect/sessions/{id}",
  right: "connect",
  summary: "Tell how a connect session stands",
  params: sessionId,
  answer: sessionState,
  errors: ["connect_session_unknown"],
  handle: ({ key, params }, { connectSessions }) => connectSessions.getStatus(key.application, params.id),
});

/** DELETE /connect/sessions/:id. */
export const cancelConnectSession = defineOperation({
  id: "cancelConnectSession",
  method: "DELETE",
  path: "/connect/sessions/{id}",
  right: "connect",
  summary: "Cancel a connect session: its link opens nothing any more, and nothing that has begun is completed",
  params: sessionId,
  answer: sessionState,
  errors: ["connect_session_unknown"],
  handle: ({ key, params }, { connectSessions }): Promise<ConnectSessionState> =>
    connectSessions.cancel(key.application, params.id),
});

/** POST /connect/sessions/:id/complete. */
export const completeConnectSession = defineOperation({
  id: "completeConnectSession",
  method: "POST",
  path: "/connect/sessions/{id}/complete",
  right: "connect",
  summary: "Connect the account of a user who has come back to the product",
  description:
    "Only now the provider's code is exchanged. `user` is who is signed in at the product, in the browser that brought the code: if it is another user than the session's, the code is burned and nothing is connected. Sent twice, it gives the same answer twice.",
  params: sessionId,
  body: z.object({ connectCode: z.string().min(1).max(255), user: productId }),
  answer: z.strictObject({ connection, created: z.boolean() }),
  errors: [
    "attempt_unknown",
    "connection_unknown",
    "user_mismatch",
    "session_cancelled",
    "grant_rejected",
    "scope_missing",
    "account_mismatch",
    "outcome_unknown",
    "provider_misbehaved",
    "provider_misconfigured",
    "provider_not_configured",
    "provider_unavailable",
  ],
  async handle({ key, params, body }, { connect, connections, serviceConnections, registry }) {
    const scope = buildScope(key, registry);
    const { application, providers } = scope;
    const { id } = await connect.complete({ application, providers, connectSession: params.id, ...body });
    const [connection, created] = await Promise.all([serviceConnections.get(scope, id), connections.isFirstGrant(id)]);
    return { connection, created };
  },
});
