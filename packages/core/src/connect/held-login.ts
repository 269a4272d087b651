import { buildReturnUrl } from "../connect-sessions/index.ts";
import type { FailureCode } from "../errors.ts";
import type { Grant, Provider } from "../provider.ts";
import { getProvider } from "../registry.ts";
import { newSecret } from "../vault/index.ts";
import type { ClaimedAttempt, CompletingSession, LeasedLogin } from "./attempt-store.ts";
import { hashConnectCode } from "./authorization-response.ts";
import type { ConnectDeps } from "./connect-deps.ts";
import type { StepView } from "./step-view.ts";
import { orphanGrant, sealGrant } from "./store-grant.ts";

type FinishedLogin = { provider: Provider; grant: Grant; completedIn: CompletingSession };

/**
 * Stores the grant of a finished login, sealed, until the back end of its connect session completes the attempt. Gives what the
 * user is shown: the way back to the product.
 */
export async function storeFinishedLogin(
  deps: ConnectDeps,
  login: LeasedLogin,
  { provider, grant, completedIn }: FinishedLogin,
): Promise<StepView> {
  const { attempts, seals } = deps;
  const connectCode = newSecret();
  const told = { connect_session: completedIn.id, connect_code: connectCode, provider: provider.id };
  try {
    const view: StepView = { type: "return", to: buildReturnUrl(completedIn.returnUrl, told) };
    await attempts.holdLogin(login, {
      response: seals.sealHeldGrant(grant, login),
      step: seals.sealStep(JSON.stringify(view), login),
      connectCode: hashConnectCode(connectCode),
    });
    return view;
  } catch (failure) {
    throw await orphanGrant(deps, { attemptId: login.id, provider, granted: grant, failure });
  }
}

/**
 * Gives the grant of a finished login that no back end has admitted to the job that revokes it. Throws
 * `provider_not_configured`, and leaves the attempt with its grant as it is then.
 */
export async function orphanHeldLogin(
  { attempts, registry, seals }: Pick<ConnectDeps, "attempts" | "registry" | "seals">,
  held: Pick<ClaimedAttempt, "id" | "provider" | "response">,
  failure: FailureCode,
): Promise<void> {
  const provider = getProvider(registry, held.provider);
  const grant = seals.openHeldGrant(held.response, held);
  await attempts.failWithGrant(held.id, failure, { ...sealGrant(seals, provider, grant), account: grant.account });
}
