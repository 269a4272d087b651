import type { RequestListener, Server as HttpServer } from "node:http";
import { createApp, type AppDeps } from "./app.ts";
import { createServiceKeyAuth } from "./backend-api/service-key-auth.ts";
import type { Config } from "./config/config.ts";
import { createBeginRoute } from "./fast-path/begin.ts";
import { createFastPath } from "./fast-path/fast-path.ts";
import { createTokenRoute } from "./fast-path/token.ts";
import { createTrpcQueryRoute } from "./fast-path/trpc-queries.ts";
import { createWebhookRoute } from "./fast-path/webhook.ts";
import { createGetClientAddress } from "./http/client-address.ts";
import { createOriginPolicy } from "./http/origin-policy.ts";
import { buildSecurityHeaders } from "./http/security.ts";
import { createAppRouter } from "./trpc/router.ts";

/** What answering requests needs. */
export type ListenerDeps = Pick<AppDeps, "services" | "page" | "health"> & { config: Config };

/** Builds everything that answers requests: the fast path, and Express behind it. */
export function createListener({ config, services, page, health }: ListenerDeps): RequestListener {
  const { publicUrl, allowedOrigins, serviceKeys: keys, serviceCallsPerMinute: callsPerMinute } = config;
  const getClientAddress = createGetClientAddress(config.trustProxy);
  const serviceKeyAuth = createServiceKeyAuth({ keys, callsPerMinute, getClientAddress });
  const originPolicy = createOriginPolicy(publicUrl.origin, allowedOrigins);
  const securityHeaders = buildSecurityHeaders(publicUrl.protocol === "https:");
  const router = createAppRouter({ ...services, getClientAddress });
  const shared = { router, originPolicy, securityHeaders, serviceKeyAuth, getClientAddress };
  return createFastPath({
    routes: [
      createTokenRoute(services, serviceKeyAuth),
      createTrpcQueryRoute({ ...services, router, originPolicy }),
      createWebhookRoute(services.receiver),
      createBeginRoute(services, originPolicy),
    ],
    securityHeaders,
    log: services.log,
    app: createApp({ publicUrl, services, page, health, ...shared }),
  });
}

type ListenOptions = Pick<Config, "host" | "port" | "keepAliveSeconds">;

/** Opens the port. Throws what the system says about the port. */
export function listenAt(server: HttpServer, { host, port, keepAliveSeconds }: ListenOptions): Promise<HttpServer> {
  // Longer than a proxy in front keeps its connections, so that the proxy never sends a request on a closed one.
  server.keepAliveTimeout = keepAliveSeconds * 1000;
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen({ host, port }, () => resolve(server));
  });
}

/** Closes the port and the idle connections; the busy ones when they are done, at the latest after `patienceMs`. */
export async function drainServer(server: HttpServer, patienceMs: number): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), patienceMs);
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeIdleConnections();
  });
  clearTimeout(late);
}
