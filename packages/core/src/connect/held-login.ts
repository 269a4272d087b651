import { buildReturnUrl } from "../connect-sessions/index.ts";
import type { Grant, Provider } from "../provider.ts";
import { newSecret } from "../vault/index.ts";
import type { AttemptSession, ClaimedAttempt, LeasedLogin } from "./attempt-store.ts";
import { hashConnectCode } from "./authorization-response.ts";
import type { ConnectDeps } from "./connect-deps.ts";
import type { StepView } from "./step-view.ts";

type FinishedLogin = { provider: Provider; grant: Grant; completedIn: AttemptSession };

/**
 * Stores the grant of a finished login, sealed, until the back end of its connect session completes the attempt. Gives what the
 * user is shown: the way back to the product.
 */
export async function storeFinishedLogin(
  { attempts, seals }: ConnectDeps,
  login: LeasedLogin,
  { provider, grant, completedIn }: FinishedLogin,
): Promise<StepView> {
  const connectCode = newSecret();
  const told = { connect_session: completedIn.id, connect_code: connectCode, provider: provider.id };
  const view: StepView = { type: "return", to: buildReturnUrl(completedIn.returnUrl ?? "", told) };
  await attempts.holdLogin(login, {
    response: seals.sealHeldGrant(grant, login),
    step: seals.sealStep(JSON.stringify(view), login),
    connectCode: hashConnectCode(connectCode),
  });
  return view;
}

/** Ends a finished login at its provider that no back end has admitted. */
export async function endHeldLogin(
  { registry, seals }: Pick<ConnectDeps, "registry" | "seals">,
  held: Pick<ClaimedAttempt, "id" | "provider" | "response">,
): Promise<void> {
  const { credentials } = seals.openHeldGrant(held.response, held);
  await registry.get(held.provider)?.provider?.revoke?.(credentials);
}
