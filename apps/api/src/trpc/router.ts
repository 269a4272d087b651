import type { Services } from "../services.ts";
import { createConnectRouter } from "./connect.ts";
import { createConnectSessionRouter } from "./connect-session.ts";
import { createConnectionsRouter } from "./connections.ts";
import { createProvidersRouter } from "./providers.ts";
import { createSessionRouter } from "./session.ts";
import { router } from "./trpc.ts";

/** What the procedures call. */
export type RouterServices = Parameters<typeof createConnectRouter>[0] &
  Parameters<typeof createConnectionsRouter>[0] &
  Parameters<typeof createSessionRouter>[0] &
  Pick<Services, "registry" | "connectSessions">;

/** Builds all procedures. Each part gets the services that it needs. */
export const createAppRouter = (services: RouterServices) =>
  router({
    connect: createConnectRouter(services),
    connectSession: createConnectSessionRouter(services),
    connections: createConnectionsRouter(services),
    providers: createProvidersRouter(services),
    session: createSessionRouter(services),
  });

/** The procedures, as the page's client knows them. */
export type AppRouter = ReturnType<typeof createAppRouter>;
export type { ProviderCard } from "./providers.ts";
export type { FailureData } from "./trpc.ts";
export type { SignInFailureCode } from "../sign-in/refusals.ts";
export type { Connection, AttemptView } from "@patchbay/core/connect";
export type { ConnectVisit } from "@patchbay/core/connect-sessions";
export type { Receipt } from "@patchbay/core/disconnect";
export type { FailureCode } from "@patchbay/core/errors";
export type { HealthReason } from "@patchbay/core/health";
export type { LoginReason } from "@patchbay/core/login-reasons";
