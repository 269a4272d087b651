import { ConnectError, type FailureCode } from "../errors.ts";
import type { ProviderState, Provider, AuthorizationResponse } from "../provider.ts";
import { fingerprint, isSecret, newSecret, type Seals } from "../vault/index.ts";
import type { AttemptStore, Claim, ResponseEffect } from "./attempt-store.ts";
import { getProvider, type Registry } from "../registry.ts";

/** A return as the browser brought it. */
export interface CallbackRequest {
  provider: string;
  response: AuthorizationResponse;
  browser: Buffer | undefined;
  session: string | undefined;
}

/**
 * A ticket's fingerprint. What a signature proved (a shop) is mixed in: the page must post it back unaltered, or its
 * ticket is one that nobody has.
 */
export function hashTicket(ticket: string, proof: ProviderState): Buffer {
  const echo = Object.entries(proof).sort(([a], [b]) => (a < b ? -1 : 1));
  return fingerprint([ticket, ...echo.map(([name, value]) => `${name}=${value}`)].join("&"));
}

type CallbackDeps = { registry: Registry; attempts: AttemptStore; seals: Seals };

/** Checks a return and keeps it sealed. Gives the ticket that the page gets in place of the code, and what was signed. */
export async function acceptCallback(
  parts: CallbackDeps,
  arrival: CallbackRequest,
): Promise<{ ticket: string; proof: ProviderState }> {
  let ticket = "";
  const { proof } = await acceptResponse(parts, arrival, (returned, proof) => {
    ticket = newSecret();
    return { type: "store", returned, ticket: hashTicket(ticket, proof) };
  });
  return { ticket, proof };
}

/** Checks a return and claims its attempt in the same statement, for a caller that finishes it at once. */
export async function acceptAndClaim(
  parts: CallbackDeps,
  arrival: CallbackRequest,
): Promise<{ id: Buffer; claim: Claim }> {
  return await acceptResponse(parts, arrival, (blob) => ({ type: "claim", returned: blob }));
}

async function acceptResponse(
  { registry, attempts, seals }: CallbackDeps,
  { provider: name, response, browser, session }: CallbackRequest,
  pass: (sealed: Buffer, proof: ProviderState) => ResponseEffect,
): Promise<{ id: Buffer; claim: Claim; proof: ProviderState }> {
  const provider = getProvider(registry, name);
  const { parameters } = response;
  const state = parameters["state"];
  if (state === undefined) throw explainMissingState(provider, response);
  // A stranger's, which fits no attempt: the database is not asked for it.
  if (browser === undefined || !isSecret(state)) throw new ConnectError("invalid_state", "no attempt fits this return");
  const row = { id: fingerprint(state), provider: name };
  const verdict = judgeResponse(provider, response);
  const effect: ResponseEffect =
    verdict.type === "pass"
      ? pass(seals.sealResponse({ answers: parameters, proof: verdict.proof }, row), verdict.proof)
      : verdict.effect;
  // State, browser and session come first. What else is wrong is only told to the one who began the attempt.
  const claim = await attempts.acceptResponse({ ...row, browser, session }, effect);
  if (verdict.type === "refuse") throw verdict.failure;
  return { id: row.id, claim, proof: verdict.proof };
}

/**
 * A return that names no attempt changes none. A denial is told as what it is, for not every provider sends the state along
 * with it. A code was given at the provider without our asking: the field says so, and the page how to go on.
 */
function explainMissingState(provider: Provider, returned: AuthorizationResponse): ConnectError {
  const verdict = judgeResponse(provider, returned);
  if (verdict.type === "refuse" && verdict.effect.type === "close") return verdict.failure;
  const begunThere = verdict.type === "pass" && !returned.repeated.includes("state");
  return new ConnectError("invalid_state", "a return without a state", begunThere ? { field: "state" } : {});
}

type Verdict =
  | { type: "pass"; proof: ProviderState }
  | { type: "refuse"; failure: ConnectError; effect: Extract<ResponseEffect, { type: "close" | "none" }> };

/** Judges a return by signature, issuer, then denial. Pure: whether the attempt is touched is the statement's affair. */
export function judgeResponse(provider: Provider, returned: AuthorizationResponse): Verdict {
  const { parameters, repeated } = returned;
  try {
    const proof = provider.verifyResponse?.(returned, new Date()) ?? {};
    // RFC 9207 2.4: a return that names its issuer must name the right one, a denial too. RFC 6749 3.1: and name it once.
    const { issuers } = provider;
    const elsewhere = parameters["iss"] !== undefined && issuers?.includes(parameters["iss"]) === false;
    if (elsewhere || repeated.includes("iss") || repeated.includes("error")) {
      return refuseResponse("invalid_state", { type: "none" });
    }
    const denial = parameters["error"];
    if (denial !== undefined) return refuseResponse(denialCode(denial), { type: "close", failure: denialCode(denial) });
    if (!parameters["code"]) return refuseResponse("missing_code", { type: "none" });
    return { type: "pass", proof };
  } catch (failure) {
    if (failure instanceof ConnectError) return { type: "refuse", failure, effect: { type: "none" } };
    throw failure;
  }
}

function refuseResponse(code: FailureCode, effect: Extract<ResponseEffect, { type: "close" | "none" }>): Verdict {
  return { type: "refuse", failure: new ConnectError(code, "the provider's return"), effect };
}

/** RFC 6749 4.1.2.1. Whatever is not our fault or a passing trouble of theirs counts as the user's no. */
function denialCode(error: string): FailureCode {
  if (error === "server_error" || error === "temporarily_unavailable") return "provider_unavailable";
  const ours = ["invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope"];
  return ours.includes(error) ? "provider_misconfigured" : "access_denied";
}
