import type { Connect } from "@patchbay/core/connect";
import type { ConnectSessions } from "@patchbay/core/connect-sessions";
import type { Registry } from "@patchbay/core/registry";
import type { CredentialService } from "@patchbay/core/credentials";
import type { Connections, Notifications, PasswordTries, AccessAudit } from "@patchbay/core/db";
import type { Disconnect, EraseUser, ServiceDisconnect, UserErasure } from "@patchbay/core/disconnect";
import type { ServiceConnections } from "@patchbay/core/service-access";
import type { Receiver } from "@patchbay/core/webhooks";
import type { Sessions } from "./http/session.ts";
import type { InstallTokens } from "./http/install-tokens.ts";
import type { Log } from "./log.ts";
import type { SignIn } from "./sign-in/sign-in.ts";
import type { Streams } from "./trpc/streams.ts";

/** The services that the route handlers of REST and tRPC share. Each handler takes those that it needs. */
export interface Services {
  connect: Connect;
  /** The visits of a product's own users. */
  connectSessions: ConnectSessions;
  disconnect: Disconnect;
  connections: Connections;
  /** What service keys see of the connections, and do with them. */
  serviceConnections: ServiceConnections;
  serviceDisconnect: ServiceDisconnect;
  findUser: UserErasure["findUser"];
  eraseUser: EraseUser;
  credentials: CredentialService;
  /** Records who was issued which credential. */
  accessAudit: AccessAudit;
  /** Tells what changed, in this process or another. */
  notifications: Notifications;
  streams: Streams;
  /** Takes the providers' webhooks. */
  receiver: Receiver;
  registry: Registry;
  sessions: Sessions;
  /** Carries a provider's signed request to begin past the sign-in page. */
  installTokens: InstallTokens;
  signIn: SignIn;
  passwordTries: PasswordTries;
  log: Log;
  /** Aborted when the process is about to stop: streams end then. */
  stopping: AbortSignal;
  /** Whether a provider returns to the page itself, so that the page posts the code. */
  returnsToPage(provider: string): boolean;
}
