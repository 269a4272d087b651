import { ConnectError } from "../errors.ts";
import { isSecret } from "../vault/index.ts";
import type { Connection } from "./attempt-store.ts";
import { hashConnectCode } from "./authorization-response.ts";
import type { ConnectDeps } from "./connect-deps.ts";
import { resolveClaim } from "./finish.ts";
import { orphanHeldLogin } from "./held-login.ts";

/** What a back end posts to complete an attempt of its connect session. */
export interface CompletionRequest {
  application: string;
  /** Those that the caller's key sees. */
  providers: readonly string[];
  /** The id of the connect session. */
  connectSession: string;
  connectCode: string;
  /** The product's id of who is signed in there, in the browser that brought the code. */
  user: string;
}

/**
 * Completes an attempt: only now its code is exchanged, and only if the user who came back to the product is the one whom the
 * connect session was made for. So a link that somebody else opened connects nobody's account (cross-user session fixation,
 * draft-ietf-oauth-security-topics-update). A second request gets the first one's result. Throws `attempt_unknown`,
 * `user_mismatch`, and what made the attempt fail.
 */
export async function completeAttempt(deps: ConnectDeps, completion: CompletionRequest): Promise<Connection> {
  const { connectCode, ...rest } = completion;
  if (!isSecret(connectCode)) throw new ConnectError("attempt_unknown", "not a connect code");
  const claim = await deps.attempts.claimCompletion({ ...rest, connectCode: hashConnectCode(connectCode) });
  if (claim.type !== "mismatch") return await resolveClaim(deps, claim);
  // If that fails, the attempt keeps the grant for the purge.
  if (claim.held) await orphanHeldLogin(deps, claim.held, "user_mismatch").catch(() => undefined);
  throw new ConnectError("user_mismatch", "another user came back than the one whom the session was made for");
}
