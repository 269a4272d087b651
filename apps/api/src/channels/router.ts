import { ConnectError } from "@patchbay/core/errors";
import { getWireFormat } from "@patchbay/core/registry";
import { Router, json, type RequestHandler } from "express";
import { z } from "zod";
import type { Services } from "../services.ts";
import { maxJsonBytes } from "../http/body.ts";
import { rejectPrefetch } from "../http/prefetch.ts";
import { getCaller, requireSession } from "../http/require-session.ts";
import { connectionId } from "../http/schemas.ts";
import { handleCallback, type CallbackServices } from "./callback.ts";
import { finishConnect } from "./finish.ts";
import { addTelegramRoutes } from "./telegram.ts";

/** Builds the callbacks. They come from the providers' sites, so the policy about origins does not apply to them. */
export function createCallbacks(services: CallbackServices): RequestHandler {
  const router = Router({ caseSensitive: true });
  for (const path of ["callback", "connect"] as const) {
    router.get(`/:provider/${path}`, rejectPrefetch, async (request, response, next) => {
      const provider = String(request.params["provider"]);
      const isCallback = getWireFormat(services.registry, provider).returnPath === path;
      if (!isCallback || !services.registry.get(provider)?.methods.includes("redirect")) return next();
      await handleCallback(services, request, response);
    });
  }
  // Express answers OPTIONS by itself for a path that it knows. Here the policy about origins answers it.
  return (request, response, next) => (request.method === "OPTIONS" ? next() : router(request, response, next));
}

type ChannelServices = Pick<
  Services,
  "connect" | "connections" | "disconnect" | "registry" | "returnsToPage" | "sessions" | "signIn"
>;

/** Builds the REST paths of /api/v1/channels. The fast path has the begin redirect. */
export function createChannels(services: ChannelServices): Router {
  const router = Router({ caseSensitive: true });
  const signedIn = requireSession(services.sessions);
  router.get("/", signedIn, createList(services));
  router.use(json({ limit: maxJsonBytes, strict: true }));
  addTelegramRoutes(router, services);
  router.post("/:provider/connect", signedIn, (request, response) => finishConnect(services, request, response));
  router.post("/:provider/disconnect", signedIn, async (request, response) => {
    const { provider } = request.params;
    const { idField: field } = getWireFormat(services.registry, provider);
    const { [field]: id } = z.object({ [field]: connectionId }).parse(request.body ?? {});
    if (id === undefined) throw new ConnectError("invalid_request", "no id", { field });
    response.json({ success: true, ...(await services.disconnect(getCaller(response), { id, provider })) });
  });
  return router;
}

/** GET /: the user's connections. Renews a session that is due. */
function createList({ connections, sessions, signIn }: ChannelServices): RequestHandler {
  return async (request, response) => {
    const { connections: listed, sessionAge } = await connections.list(getCaller(response).session);
    if (signIn.isDue(sessionAge)) {
      const { cookies } = await (await signIn.open()).user(sessions.signedSession(request));
      for (const cookie of cookies) response.append("Set-Cookie", cookie);
    }
    response.json(listed.toJSON().map(({ email, ...rest }) => (email === null ? rest : { ...rest, email })));
  };
}
