import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError } from "../errors.ts";
import type { Notes, Provider } from "../provider.ts";
import { fingerprint, type Seals } from "../vault/index.ts";
import type { Attempts, Caller, Claim, ClaimedAttempt, Connection } from "./attempts.ts";
import { providerOf, type Registry } from "./registry.ts";
import { judge, ticketPrint } from "./returned.ts";
import { settle } from "./settle.ts";

type Parts = { registry: Registry; attempts: Attempts; seals: Seals };

/** What a page posts back to finish an attempt. */
export interface Finish {
  /** Left out only by a page that is itself the redirect URI, and does not know. */
  provider: string | undefined;
  /** The ticket; or, where the page is the redirect URI, the provider's code. */
  ticket: string;
  state: string | undefined;
  /** The issuer that the return named, where the page is the redirect URI. Beside a ticket there is none: that was judged. */
  iss?: string | undefined;
  /** What a signature proved, as the page was told it. */
  echo: Notes;
}

/** Finishes an attempt by the ticket from our redirect. Whoever comes second gets the first one's result. */
export async function finishByTicket(parts: Parts, caller: Caller, finish: Finish): Promise<Connection> {
  const claimant = {
    provider: finish.provider,
    ticket: ticketPrint(finish.ticket, finish.echo),
    id: finish.state === undefined ? undefined : fingerprint(finish.state),
  };
  return await carryOut(parts, await parts.attempts.claim(caller, claimant, undefined));
}

/** Finishes an attempt whose provider returned to the page: the code itself is posted, always with its state. */
export async function finishByCode(
  parts: Parts,
  caller: Caller,
  finish: Finish & { provider: string; state: string },
): Promise<Connection> {
  const row = { id: fingerprint(finish.state), provider: finish.provider };
  const { ticket: code, state, iss } = finish;
  const answers = { code, ...(iss !== undefined && { iss }) };
  // As what comes to our own address is judged, so that one provider's code never goes to another (RFC 9207).
  const verdict = judge(providerOf(parts.registry, finish.provider), {
    answers: { ...answers, state },
    repeated: [],
  });
  if (verdict.type === "refuse") throw verdict.failure;
  const returned = parts.seals.sealReturn({ answers, proof: verdict.proof }, row);
  const claim = await parts.attempts.claim(caller, { ...row, ticket: undefined }, returned);
  return await carryOut(parts, claim);
}

/** Does what a claim says: walks on with it, waits for its holder, or gives the outcome that is there. */
export async function carryOut(parts: Parts, claim: Claim): Promise<Connection> {
  switch (claim.type) {
    case "won":
      return await walkOn(parts, claim.attempt);
    case "connected":
      return claim.connection;
    case "failed":
      throw new ConnectError(claim.failure, "this attempt failed before", claim.account && { account: claim.account });
    case "busy":
      return await carryOut(parts, await settled(parts.attempts, claim.id));
  }
}

const firstPollMs = 50;
const slowestPollMs = 500;

/** Waits until the holder of a claim is done. Ends by itself: past its time a claim counts as `outcome_unknown`. */
async function settled(attempts: Attempts, id: Buffer): Promise<Claim> {
  for (let pause = firstPollMs; ; pause = Math.min(slowestPollMs, pause * 1.5)) {
    await sleep(pause);
    const claim = await attempts.outcome(id);
    if (claim.type !== "busy") return claim;
  }
}

/** The one path to the provider: the caller holds the claim, and nobody else will. */
async function walkOn(parts: Parts, attempt: ClaimedAttempt): Promise<Connection> {
  const { attempts } = parts;
  try {
    const provider = providerOf(parts.registry, attempt.provider);
    return await settle(parts, { attempt, provider, step: await resume(parts.seals, provider, attempt) });
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

async function resume(seals: Seals, provider: Provider, attempt: ClaimedAttempt) {
  const { answers, proof } = seals.openReturn(attempt.returned, attempt);
  const notes = { ...seals.openNotes(attempt.notes, attempt), ...proof };
  return await provider.resume({ redirectUri: attempt.redirectUri }, notes, answers);
}
