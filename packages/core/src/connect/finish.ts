import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError } from "../errors.ts";
import type { ProviderState, Provider, Step } from "../provider.ts";
import { getProvider } from "../registry.ts";
import { fingerprint, type Seals } from "../vault/index.ts";
import type { AttemptStore, Caller, Claim, ClaimedAttempt, Connection } from "./attempt-store.ts";
import { hashTicket, judgeResponse } from "./authorization-response.ts";
import type { ConnectDeps } from "./connect-deps.ts";
import { storeGrant } from "./store-grant.ts";

/** What a page posts back to finish an attempt. */
export interface FinishRequest {
  /** Undefined only if the page is itself the redirect URI, and does not know the provider. */
  provider: string | undefined;
  /** The ticket; or the provider's code, if the page is the redirect URI. */
  ticket: string;
  state: string | undefined;
  /** The issuer that the response named, if the page is the redirect URI. With a ticket it is absent: it was judged before. */
  iss?: string | undefined;
  /** What a signature proved, as the page got it with the ticket. */
  echo: ProviderState;
}

/** Finishes an attempt by the ticket from our redirect. A second request gets the first one's result. */
export async function finishByTicket(deps: ConnectDeps, caller: Caller, finish: FinishRequest): Promise<Connection> {
  const { provider, state } = finish;
  const claim = await deps.attempts.claim(caller, {
    type: "ticket",
    ticket: hashTicket(finish.ticket, finish.echo),
    ...(state !== undefined && { id: fingerprint(state) }),
    ...(provider !== undefined && { provider }),
  });
  return await resolveClaim(deps, claim);
}

/** Finishes an attempt whose authorization response came to the page, which posts the code itself and the state. */
export async function finishByCode(
  deps: ConnectDeps,
  caller: Caller,
  finish: FinishRequest & { provider: string; state: string },
): Promise<Connection> {
  const row = { id: fingerprint(finish.state), provider: finish.provider };
  const { ticket: code, state, iss } = finish;
  const parameters = { code, ...(iss !== undefined && { iss }) };
  // Judged like a response to our own callback, so that one provider's code never goes to another (RFC 9207).
  const verdict = judgeResponse(getProvider(deps.registry, finish.provider), {
    parameters: { ...parameters, state },
    repeated: [],
  });
  if (verdict.type === "refuse") throw verdict.failure;
  const response = deps.seals.sealResponse({ parameters, proof: verdict.proof }, row);
  const claim = await deps.attempts.claim(caller, { type: "response", ...row, response });
  return await resolveClaim(deps, claim);
}

/** Finishes an acquired attempt, waits for another holder to finish it, or gives the outcome that is there. */
export async function resolveClaim(deps: ConnectDeps, claim: Claim): Promise<Connection> {
  switch (claim.type) {
    case "acquired":
      return await exchangeAndStore(deps, claim.attempt);
    case "connected":
      return claim.connection;
    case "failed":
      throw new ConnectError(claim.failure, "this attempt failed before", claim.account && { account: claim.account });
    case "busy":
      return await resolveClaim(deps, await waitForOutcome(deps.attempts, claim.id));
  }
}

const firstPollMs = 50;
const maxPollMs = 500;

/** Waits until the holder of a claim is done. It always ends: an overdue claim counts as `outcome_unknown`. */
async function waitForOutcome(attempts: AttemptStore, id: Buffer): Promise<Claim> {
  for (let pause = firstPollMs; ; pause = Math.min(maxPollMs, pause * 1.5)) {
    await sleep(pause);
    const claim = await attempts.getOutcome(id);
    if (claim.type !== "busy") return claim;
  }
}

/** Exchanges the code and stores the grant. Only the holder of the claim gets here, and only once. */
async function exchangeAndStore(deps: ConnectDeps, attempt: ClaimedAttempt): Promise<Connection> {
  const { attempts } = deps;
  try {
    const provider = getProvider(deps.registry, attempt.provider);
    return await storeGrant(deps, {
      attemptId: attempt.id,
      provider,
      step: await exchangeAtProvider(deps.seals, provider, attempt),
    });
  } catch (failure) {
    const code = failure instanceof ConnectError ? failure.code : "outcome_unknown";
    // Changes nothing if the attempt is over already.
    await attempts.fail(attempt.id, code).catch((writeFailure: unknown) => {
      // The lost write counts for more than a provider's refusal; a bug of ours counts for more than the lost write.
      throw failure instanceof ConnectError ? writeFailure : failure;
    });
    throw failure;
  }
}

/** Opens what was stored of the attempt, and lets the provider exchange the code and say whose account it is. */
async function exchangeAtProvider(seals: Seals, provider: Provider, attempt: ClaimedAttempt): Promise<Step> {
  if (attempt.holdsGrant) return { type: "connected", grant: seals.openHeldGrant(attempt.response, attempt) };
  const { parameters, proof } = seals.openResponse(attempt.response, attempt);
  const state = { ...seals.openState(attempt.providerState, attempt), ...proof };
  return await provider.resume({ redirectUri: attempt.redirectUri }, state, parameters);
}
