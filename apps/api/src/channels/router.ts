import { ConnectError } from "@patchbay/core/errors";
import { Router, json, type RequestHandler } from "express";
import { z } from "zod";
import type { Services } from "../services.ts";
import { maxJsonBytes } from "../http/body.ts";
import { rejectPrefetch } from "../http/prefetch.ts";
import { connectionId } from "../http/schemas.ts";
import { finishConnect } from "./finish.ts";
import { getWireFormat, wireFormatsWithRoutes } from "./wire-formats.ts";
import { handleCallback } from "./callback.ts";

/** The callbacks come from the providers' sites, so the policy about origins does not apply to them. */
export function createCallbacks(calls: Services): RequestHandler {
  const router = Router({ caseSensitive: true });
  for (const path of ["callback", "connect"] as const) {
    router.get(`/:provider/${path}`, rejectPrefetch, async (request, response, next) => {
      const provider = String(request.params["provider"]);
      if (getWireFormat(provider).returnPath !== path || !calls.registry.has(provider)) return next();
      await handleCallback(calls, request, response);
    });
  }
  // Express answers OPTIONS by itself for a path that it knows. Here the policy about origins answers it.
  return (request, response, next) => (request.method === "OPTIONS" ? next() : router(request, response, next));
}

/** The REST paths of /api/v1/channels. */
export function createChannels(calls: Services): Router {
  const router = Router({ caseSensitive: true });
  router.get("/", async (request, response) => {
    const { connections, sessionAge } = await calls.connections.list(calls.sessions.require(request).session);
    if (calls.signIn.isDue(sessionAge)) {
      const { cookies } = await (await calls.signIn.open()).user(calls.sessions.signedSession(request));
      for (const cookie of cookies) response.append("Set-Cookie", cookie);
    }
    response.json(connections.toJSON().map(({ email, ...rest }) => (email === null ? rest : { ...rest, email })));
  });
  router.use(json({ limit: maxJsonBytes, strict: true }));
  for (const face of wireFormatsWithRoutes) face.routes?.(router, calls);
  router.post("/:provider/connect", (request, response) => finishConnect(calls, request, response));
  router.post("/:provider/disconnect", async (request, response) => {
    const { provider } = request.params;
    const caller = calls.sessions.require(request);
    const { idField: field } = getWireFormat(provider);
    const body = z.object({ [field]: connectionId }).parse(request.body ?? {});
    const id = body[field];
    if (id === undefined) throw new ConnectError("invalid_request", "no id", { field });
    response.json({ success: true, ...(await calls.disconnect(caller, { id, provider })) });
  });
  return router;
}
