import { ConnectError, type FailureCode } from "../errors.ts";
import type { Notes, Provider, Return } from "../provider.ts";
import { fingerprint, isSecret, newSecret, type Seals } from "../vault/index.ts";
import type { Attempts, Claim, ReturnEffect } from "./attempts.ts";
import { providerOf, type Registry } from "./registry.ts";

/** A return as the browser brought it. */
export interface Arrival {
  provider: string;
  returned: Return;
  browser: Buffer | undefined;
  session: string | undefined;
}

/**
 * A ticket's fingerprint. What a signature proved (a shop) is mixed in: the page must post it back unaltered, or its
 * ticket is one that nobody has.
 */
export function ticketPrint(ticket: string, proof: Notes): Buffer {
  const echo = Object.entries(proof).sort(([a], [b]) => (a < b ? -1 : 1));
  return fingerprint([ticket, ...echo.map(([name, value]) => `${name}=${value}`)].join("&"));
}

type Parts = { registry: Registry; attempts: Attempts; seals: Seals };

/** Checks a return and keeps it sealed. Gives the ticket that the page gets in place of the code, and what was signed. */
export async function exchangeForTicket(parts: Parts, arrival: Arrival): Promise<{ ticket: string; proof: Notes }> {
  let ticket = "";
  const { proof } = await take(parts, arrival, (returned, proof) => {
    ticket = newSecret();
    return { type: "keep", returned, ticket: ticketPrint(ticket, proof) };
  });
  return { ticket, proof };
}

/** Checks a return and claims its attempt in the same statement, for a caller that finishes it at once. */
export async function claimReturn(parts: Parts, arrival: Arrival): Promise<{ id: Buffer; claim: Claim }> {
  return await take(parts, arrival, (blob) => ({ type: "claim", returned: blob }));
}

async function take(
  { registry, attempts, seals }: Parts,
  { provider: name, returned, browser, session }: Arrival,
  pass: (sealed: Buffer, proof: Notes) => ReturnEffect,
): Promise<{ id: Buffer; claim: Claim; proof: Notes }> {
  const provider = providerOf(registry, name);
  const { answers } = returned;
  const state = answers["state"];
  if (state === undefined) throw withoutState(provider, returned);
  // A stranger's, which fits no attempt: the database is not asked for it.
  if (browser === undefined || !isSecret(state)) throw new ConnectError("invalid_state", "no attempt fits this return");
  const row = { id: fingerprint(state), provider: name };
  const verdict = judge(provider, returned);
  const effect: ReturnEffect =
    verdict.type === "pass"
      ? pass(seals.sealReturn({ answers, proof: verdict.proof }, row), verdict.proof)
      : verdict.effect;
  // State, browser and session come first. What else is wrong is only told to the one who began the attempt.
  const claim = await attempts.takeReturn({ ...row, browser, session }, effect);
  if (verdict.type === "refuse") throw verdict.failure;
  return { id: row.id, claim, proof: verdict.proof };
}

/**
 * A return that names no attempt changes none. A denial is told as what it is, for not every provider sends the state along
 * with it. A code was given at the provider without our asking: the field says so, and the page how to go on.
 */
function withoutState(provider: Provider, returned: Return): ConnectError {
  const verdict = judge(provider, returned);
  if (verdict.type === "refuse" && verdict.effect.type === "close") return verdict.failure;
  const begunThere = verdict.type === "pass" && !returned.repeated.includes("state");
  return new ConnectError("invalid_state", "a return without a state", begunThere ? { field: "state" } : {});
}

type Verdict =
  | { type: "pass"; proof: Notes }
  | { type: "refuse"; failure: ConnectError; effect: Extract<ReturnEffect, { type: "close" | "none" }> };

/** Judges a return by signature, issuer, then denial. Pure: whether the attempt is touched is the statement's affair. */
export function judge(provider: Provider, returned: Return): Verdict {
  const { answers, repeated } = returned;
  try {
    const proof = provider.verify?.(returned, new Date()) ?? {};
    // RFC 9207 2.4: a return that names its issuer must name the right one, a denial too. RFC 6749 3.1: and name it once.
    const { issuers } = provider;
    const elsewhere = answers["iss"] !== undefined && issuers?.includes(answers["iss"]) === false;
    if (elsewhere || repeated.includes("iss") || repeated.includes("error")) {
      return refuse("invalid_state", { type: "none" });
    }
    const denial = answers["error"];
    if (denial !== undefined) return refuse(denialCode(denial), { type: "close", failure: denialCode(denial) });
    if (!answers["code"]) return refuse("missing_code", { type: "none" });
    return { type: "pass", proof };
  } catch (failure) {
    if (failure instanceof ConnectError) return { type: "refuse", failure, effect: { type: "none" } };
    throw failure;
  }
}

function refuse(code: FailureCode, effect: Extract<ReturnEffect, { type: "close" | "none" }>): Verdict {
  return { type: "refuse", failure: new ConnectError(code, "the provider's return"), effect };
}

/** RFC 6749 4.1.2.1. Whatever is not our fault or a passing trouble of theirs counts as the user's no. */
function denialCode(error: string): FailureCode {
  if (error === "server_error" || error === "temporarily_unavailable") return "provider_unavailable";
  const ours = ["invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope"];
  return ours.includes(error) ? "provider_misconfigured" : "access_denied";
}
