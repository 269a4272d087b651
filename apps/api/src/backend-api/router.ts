import type { IssuedCredential } from "@patchbay/core/credentials";
import { ConnectError } from "@patchbay/core/errors";
import { json, Router, type Request, type RequestHandler, type Response } from "express";
import { z } from "zod";
import type { Services } from "../services.ts";
import { hasBody } from "../http/guard.ts";
import { refuseMethod } from "../http/refuse-method.ts";
import { serviceKeyOf, type ServiceKeyAuth } from "./service-key-auth.ts";
import type { ServiceKey } from "./service-keys.ts";

// An id or an e-mail address; PostgreSQL takes no text with a zero byte.
const listing = z.object({
  user: z
    .string()
    .min(1)
    .max(320)
    .regex(/^[^\0]+$/),
});
const connectionId = z.object({
  id: z
    .string()
    .regex(/^[1-9]\d{0,15}$/)
    .transform(Number)
    .pipe(z.number().max(Number.MAX_SAFE_INTEGER)),
});
const borrowing = z.object({ lease: z.uuid().optional() });

/** The paths of /api/v1/connections, for a product's back end. Never for a browser: they stand outside the guard. */
export function createBackendApi(calls: Services, admission: ServiceKeyAuth): Router {
  const router = Router({ caseSensitive: true });
  router.use(admission.authenticate);
  router
    .route("/")
    .get((request, response) => listConnections(calls, request, response))
    .all(refuseMethod("GET, HEAD"));
  router
    .route("/:id/token")
    .post(onlyJson, json({ limit: "4kb", strict: true }), (request, response) => answerToken(calls, request, response))
    .all(refuseMethod("POST"));
  return router;
}

async function listConnections(calls: Services, request: Request, response: Response): Promise<void> {
  const { searchParams } = new URL(request.originalUrl, "http://localhost");
  const [user, ...others] = searchParams.getAll("user");
  if (others.length > 0) throw new ConnectError("invalid_request", "repeated", { field: "user" });
  const { user: wanted } = listing.parse({ user });
  // Nobody confirms an address: whoever signs up first has it.
  if (wanted.includes("@") && calls.signIn.signUp === "open") {
    throw new ConnectError("invalid_request", "asked for by e-mail while anybody may sign up", { field: "user" });
  }
  response.json(await calls.connections.ofUser(wanted, visible(calls, serviceKeyOf(response))));
}

function visible({ registry }: Services, key: ServiceKey): string[] {
  return [...registry.values()]
    .filter(({ id, exclusiveLease }) => isAllowed(key, id, exclusiveLease === true))
    .map(({ id }) => id);
}

/** What is lent leaves only for a key that names its provider. */
function isAllowed({ providers }: ServiceKey, provider: string, lends: boolean): boolean {
  return providers === undefined ? !lends : providers.has(provider);
}

async function answerToken(calls: Services, request: Request, response: Response): Promise<void> {
  const { id } = connectionId.parse(request.params);
  const { lease } = borrowing.parse(request.body ?? {});
  response.json(await issueAndAudit(calls, serviceKeyOf(response), { id, lease }));
}

/** Hands a credential out to the holder of a key, and notes that. */
export async function issueAndAudit(
  { credentials, accessAudit }: Pick<Services, "credentials" | "accessAudit">,
  key: ServiceKey,
  { id, lease }: { id: number; lease: string | undefined },
): Promise<IssuedCredential> {
  const handed = await credentials.hand(id, { isAllowed: (provider, lends) => isAllowed(key, provider, lends), lease });
  accessAudit.record(`service:${key.name}`, id, handed.provider);
  return handed;
}

const onlyJson: RequestHandler = (request, _response, next) => {
  if (hasBody(request.headers) && !request.is("application/json")) {
    throw new ConnectError("invalid_request", "not JSON", { field: "content-type" });
  }
  next();
};
