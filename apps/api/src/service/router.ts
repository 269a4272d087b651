import type { HandedOut } from "@patchbay/core/credentials";
import { ConnectError } from "@patchbay/core/errors";
import { json, Router, type Request, type RequestHandler, type Response } from "express";
import { z } from "zod";
import type { Calls } from "../calls.ts";
import { hasBody } from "../http/guard.ts";
import { refuseMethod } from "../http/refuse-method.ts";
import { keyOf, type Admission } from "./admit.ts";
import type { ServiceKey } from "./keys.ts";

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
export function createService(calls: Calls, admission: Admission): Router {
  const router = Router({ caseSensitive: true });
  router.use(admission.handler);
  router
    .route("/")
    .get((request, response) => list(calls, request, response))
    .all(refuseMethod("GET, HEAD"));
  router
    .route("/:id/token")
    .post(onlyJson, json({ limit: "4kb", strict: true }), (request, response) => hand(calls, request, response))
    .all(refuseMethod("POST"));
  return router;
}

async function list(calls: Calls, request: Request, response: Response): Promise<void> {
  const { searchParams } = new URL(request.originalUrl, "http://localhost");
  const [user, ...others] = searchParams.getAll("user");
  if (others.length > 0) throw new ConnectError("invalid_request", "repeated", { field: "user" });
  const { user: wanted } = listing.parse({ user });
  // Nobody confirms an address: whoever signs up first has it.
  if (wanted.includes("@") && calls.signIn.signUp === "open") {
    throw new ConnectError("invalid_request", "asked for by e-mail while anybody may sign up", { field: "user" });
  }
  response.json(await calls.connections.ofUser(wanted, visible(calls, keyOf(response))));
}

function visible({ registry }: Calls, key: ServiceKey): string[] {
  return [...registry.values()].filter(({ id, lends }) => may(key, id, lends === true)).map(({ id }) => id);
}

/** What is lent leaves only for a key that names its provider. */
function may({ providers }: ServiceKey, provider: string, lends: boolean): boolean {
  return providers === undefined ? !lends : providers.has(provider);
}

async function hand(calls: Calls, request: Request, response: Response): Promise<void> {
  const { id } = connectionId.parse(request.params);
  const { lease } = borrowing.parse(request.body ?? {});
  response.json(await handOut(calls, keyOf(response), { id, lease }));
}

/** Hands a credential out to the holder of a key, and notes that. */
export async function handOut(
  { credentials, readings }: Pick<Calls, "credentials" | "readings">,
  key: ServiceKey,
  { id, lease }: { id: number; lease: string | undefined },
): Promise<HandedOut> {
  const handed = await credentials.hand(id, { may: (provider, lends) => may(key, provider, lends), lease });
  readings.record(`service:${key.name}`, id, handed.provider);
  return handed;
}

const onlyJson: RequestHandler = (request, _response, next) => {
  if (hasBody(request.headers) && !request.is("application/json")) {
    throw new ConnectError("invalid_request", "not JSON", { field: "content-type" });
  }
  next();
};
