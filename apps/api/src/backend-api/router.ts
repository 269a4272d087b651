import { ConnectError } from "@patchbay/core/errors";
import { Router, type Request, type Response } from "express";
import { z } from "zod";
import type { Services } from "../services.ts";
import { refuseMethod } from "../http/refuse-method.ts";
import type { ServiceKeyAuth } from "./service-key-auth.ts";
import { maySee, type ServiceKey } from "./service-keys.ts";

// An id or an e-mail address; PostgreSQL takes no text with a zero byte.
const listing = z.object({
  user: z
    .string()
    .min(1)
    .max(320)
    .regex(/^[^\0]+$/),
});

type ListServices = Pick<Services, "connections" | "registry" | "signIn">;

/**
 * The list of /api/v1/connections, for a product's back end. The token request stands in the fast path. Both refuse browsers,
 * so that the policy about origins has no part in them.
 */
export function createBackendApi(services: ListServices, auth: ServiceKeyAuth): Router {
  const router = Router({ caseSensitive: true });
  router.use((request, response, next) => {
    response.locals["serviceKey"] = auth.authenticate(request);
    next();
  });
  router
    .route("/")
    .get((request, response) => listConnections(services, request, response))
    .all(refuseMethod("GET", "HEAD"));
  return router;
}

async function listConnections(services: ListServices, request: Request, response: Response): Promise<void> {
  const { searchParams } = new URL(request.originalUrl, "http://localhost");
  const [user, ...others] = searchParams.getAll("user");
  if (others.length > 0) throw new ConnectError("invalid_request", "repeated", { field: "user" });
  const { user: wanted } = listing.parse({ user });
  // An e-mail address is never confirmed: the first to sign up with it has it.
  if (wanted.includes("@") && services.signIn.signUp === "open") {
    throw new ConnectError("invalid_request", "asked for by e-mail while anybody may sign up", { field: "user" });
  }
  const key = response.locals["serviceKey"] as ServiceKey;
  const visible = [...services.registry.values()].filter(({ id, exclusiveLease }) => maySee(key, id, exclusiveLease));
  response.json(
    await services.connections.ofUser(
      wanted,
      visible.map(({ id }) => id),
    ),
  );
}
