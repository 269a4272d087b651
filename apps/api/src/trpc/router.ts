import { connect } from "./connect.ts";
import { connections } from "./connections.ts";
import { providers } from "./providers.ts";
import { session } from "./session.ts";
import { router } from "./trpc.ts";

export const appRouter = router({ connect, connections, providers, session });

export type AppRouter = typeof appRouter;
export type { ProviderCard } from "./providers.ts";
export type { FailureData } from "./trpc.ts";
export type { SignInFailureCode } from "../sign-in/refusals.ts";
export type { Connection, AttemptView } from "@patchbay/core/connect";
export type { Receipt } from "@patchbay/core/disconnect";
export type { FailureCode } from "@patchbay/core/errors";
export type { HealthReason } from "@patchbay/core/health";
export type { LoginReason } from "@patchbay/core/login-reasons";
