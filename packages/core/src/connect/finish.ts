import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError } from "../errors.ts";
import type { ProviderState, Provider } from "../provider.ts";
import { fingerprint, type Seals } from "../vault/index.ts";
import type { AttemptStore, Caller, Claim, ClaimedAttempt, Connection } from "./attempt-store.ts";
import { getProvider, type Registry } from "../registry.ts";
import { judgeResponse, hashTicket } from "./authorization-response.ts";
import { storeGrant } from "./store-grant.ts";

type FinishDeps = { registry: Registry; attempts: AttemptStore; seals: Seals };

/** What a page posts back to finish an attempt. */
export interface FinishRequest {
  /** Left out only by a page that is itself the redirect URI, and does not know. */
  provider: string | undefined;
  /** The ticket; or, where the page is the redirect URI, the provider's code. */
  ticket: string;
  state: string | undefined;
  /** The issuer that the return named, where the page is the redirect URI. Beside a ticket there is none: that was judged. */
  iss?: string | undefined;
  /** What a signature proved, as the page was told it. */
  echo: ProviderState;
}

/** Finishes an attempt by the ticket from our redirect. Whoever comes second gets the first one's result. */
export async function finishByTicket(parts: FinishDeps, caller: Caller, finish: FinishRequest): Promise<Connection> {
  const claimant = {
    provider: finish.provider,
    ticket: hashTicket(finish.ticket, finish.echo),
    id: finish.state === undefined ? undefined : fingerprint(finish.state),
  };
  return await resolveClaim(parts, await parts.attempts.claim(caller, claimant, undefined));
}

/** Finishes an attempt whose provider returned to the page: the code itself is posted, always with its state. */
export async function finishByCode(
  parts: FinishDeps,
  caller: Caller,
  finish: FinishRequest & { provider: string; state: string },
): Promise<Connection> {
  const row = { id: fingerprint(finish.state), provider: finish.provider };
  const { ticket: code, state, iss } = finish;
  const answers = { code, ...(iss !== undefined && { iss }) };
  // As what comes to our own address is judged, so that one provider's code never goes to another (RFC 9207).
  const verdict = judgeResponse(getProvider(parts.registry, finish.provider), {
    parameters: { ...answers, state },
    repeated: [],
  });
  if (verdict.type === "refuse") throw verdict.failure;
  const returned = parts.seals.sealResponse({ answers, proof: verdict.proof }, row);
  const claim = await parts.attempts.claim(caller, { ...row, ticket: undefined }, returned);
  return await resolveClaim(parts, claim);
}

/** Does what a claim says: walks on with it, waits for its holder, or gives the outcome that is there. */
export async function resolveClaim(parts: FinishDeps, claim: Claim): Promise<Connection> {
  switch (claim.type) {
    case "acquired":
      return await exchangeAndStore(parts, claim.attempt);
    case "connected":
      return claim.connection;
    case "failed":
      throw new ConnectError(claim.failure, "this attempt failed before", claim.account && { account: claim.account });
    case "busy":
      return await resolveClaim(parts, await waitForOutcome(parts.attempts, claim.id));
  }
}

const firstPollMs = 50;
const maxPollMs = 500;

/** Waits until the holder of a claim is done. Ends by itself: past its time a claim counts as `outcome_unknown`. */
async function waitForOutcome(attempts: AttemptStore, id: Buffer): Promise<Claim> {
  for (let pause = firstPollMs; ; pause = Math.min(maxPollMs, pause * 1.5)) {
    await sleep(pause);
    const claim = await attempts.getOutcome(id);
    if (claim.type !== "busy") return claim;
  }
}

/** The one path to the provider: the caller holds the claim, and nobody else will. */
async function exchangeAndStore(parts: FinishDeps, attempt: ClaimedAttempt): Promise<Connection> {
  const { attempts } = parts;
  try {
    const provider = getProvider(parts.registry, attempt.provider);
    return await storeGrant(parts, { attempt, provider, step: await resumeProvider(parts.seals, provider, attempt) });
  } catch (failure) {
    const code = failure instanceof ConnectError ? failure.code : "outcome_unknown";
    // Where it is settled already, this changes nothing.
    await attempts.fail(attempt.id, code).catch((lost: unknown) => {
      // What went wrong before says more, unless it was only the provider's.
      throw failure instanceof ConnectError ? lost : failure;
    });
    throw failure;
  }
}

async function resumeProvider(seals: Seals, provider: Provider, attempt: ClaimedAttempt) {
  const { answers, proof } = seals.openResponse(attempt.returned, attempt);
  const notes = { ...seals.openState(attempt.notes, attempt), ...proof };
  return await provider.resume({ redirectUri: attempt.redirectUri }, notes, answers);
}
