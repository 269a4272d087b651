import type { Connect, Registry } from "@patchbay/core/connect";
import type { CredentialCalls } from "@patchbay/core/credentials";
import type { Connections, News, PasswordTries, Readings } from "@patchbay/core/db";
import type { Disconnect } from "@patchbay/core/disconnect";
import type { Receiver } from "@patchbay/core/webhooks";
import type { Callers } from "./http/caller.ts";
import type { InstallTokens } from "./http/install-tokens.ts";
import type { Log } from "./log.ts";
import type { SignIn } from "./sign-in/sign-in.ts";
import type { Streams } from "./trpc/streams.ts";

/** What the skins, REST and tRPC, call. Both are thin: what is not here is not theirs to do. */
export interface Calls {
  connect: Connect;
  disconnect: Disconnect;
  connections: Connections;
  credentials: CredentialCalls;
  /** Who was handed which credential. */
  readings: Readings;
  /** What changed, in whichever process. */
  news: News;
  streams: Streams;
  /** Takes the providers' webhooks. */
  receiver: Receiver;
  registry: Registry;
  callers: Callers;
  /** Carries a provider's signed request to begin past the sign-in page. */
  installs: InstallTokens;
  signIn: SignIn;
  passwordTries: PasswordTries;
  log: Log;
  /** Aborted when the process is about to stop: streams end then. */
  stopping: AbortSignal;
  /** Whether a provider returns to the page itself, so that the page posts the code. */
  returnsToPage(provider: string): boolean;
}
