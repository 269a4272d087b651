import { ConnectError, type FailureCode } from "../errors.ts";
import type { AuthorizationResponse, Provider, ProviderState } from "../provider.ts";
import { getProvider } from "../registry.ts";
import { fingerprint, isSecret, newSecret } from "../vault/index.ts";
import type { Claim, ResponseEffect } from "./attempt-store.ts";
import type { ConnectDeps } from "./connect-deps.ts";

/** An authorization response as the browser brought it to a callback. */
export interface CallbackRequest {
  provider: string;
  response: AuthorizationResponse;
  browser: Buffer | undefined;
  session: string | undefined;
}

/**
 * The fingerprint by which a ticket is stored. It covers what a signature proved (a shop): if the page posts that back
 * altered, no attempt has the ticket.
 */
export function hashTicket(ticket: string, proof: ProviderState): Buffer {
  const echo = Object.entries(proof).sort(([a], [b]) => (a < b ? -1 : 1));
  return fingerprint([ticket, ...echo.map(([name, value]) => `${name}=${value}`)].join("&"));
}

/** Checks a response and stores it sealed. Gives the ticket that the page gets in place of the code, and what was signed. */
export async function acceptCallback(
  deps: ConnectDeps,
  request: CallbackRequest,
): Promise<{ ticket: string; proof: ProviderState }> {
  let ticket = "";
  const { proof } = await acceptResponse(deps, request, (sealed, proof) => {
    ticket = newSecret();
    return { type: "store", response: sealed, ticket: hashTicket(ticket, proof) };
  });
  return { ticket, proof };
}

/** Checks a response and claims its attempt in the same statement, for a caller that finishes it at once. */
export async function acceptAndClaim(
  deps: ConnectDeps,
  request: CallbackRequest,
): Promise<{ id: Buffer; claim: Claim }> {
  return await acceptResponse(deps, request, (sealed) => ({ type: "claim", response: sealed }));
}

async function acceptResponse(
  { registry, attempts, seals }: ConnectDeps,
  { provider: name, response, browser, session }: CallbackRequest,
  buildEffect: (sealed: Buffer, proof: ProviderState) => ResponseEffect,
): Promise<{ id: Buffer; claim: Claim; proof: ProviderState }> {
  const provider = getProvider(registry, name);
  const { parameters } = response;
  const state = parameters["state"];
  if (state === undefined) throw explainMissingState(provider, response);
  // It fits no attempt, so the database is not asked.
  if (browser === undefined || !isSecret(state))
    throw new ConnectError("invalid_state", "no attempt fits this response");
  const row = { id: fingerprint(state), provider: name };
  const verdict = judgeResponse(provider, response);
  const effect: ResponseEffect =
    verdict.type === "pass"
      ? buildEffect(seals.sealResponse({ parameters, proof: verdict.proof }, row), verdict.proof)
      : verdict.effect;
  // State, browser and session are checked first: only the user who began the attempt learns what else is wrong.
  const claim = await attempts.acceptResponse({ ...row, browser, session }, effect);
  if (verdict.type === "refuse") throw verdict.failure;
  return { id: row.id, claim, proof: verdict.proof };
}

/**
 * A response without a state changes no attempt. A denial keeps its own code, because not every provider sends the state
 * with it. A code without a state was given at the provider without our asking: the field `state` lets the page say so.
 */
function explainMissingState(provider: Provider, response: AuthorizationResponse): ConnectError {
  const verdict = judgeResponse(provider, response);
  if (verdict.type === "refuse" && verdict.effect.type === "close") return verdict.failure;
  const isUnrequested = verdict.type === "pass" && !response.repeated.includes("state");
  return new ConnectError("invalid_state", "a response without a state", isUnrequested ? { field: "state" } : {});
}

type Verdict =
  | { type: "pass"; proof: ProviderState }
  | { type: "refuse"; failure: ConnectError; effect: Extract<ResponseEffect, { type: "close" | "none" }> };

/** Judges a response by signature, issuer, then denial. Pure: the store applies the effect. */
export function judgeResponse(provider: Provider, response: AuthorizationResponse): Verdict {
  const { parameters, repeated } = response;
  try {
    const proof = provider.verifyResponse?.(response, new Date()) ?? {};
    // RFC 9207 2.4: a response that names its issuer must name the right one, a denial too. RFC 6749 3.1: only once.
    const { issuers } = provider;
    const isOtherIssuer = parameters["iss"] !== undefined && issuers?.includes(parameters["iss"]) === false;
    if (isOtherIssuer || repeated.includes("iss") || repeated.includes("error")) {
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
  return { type: "refuse", failure: new ConnectError(code, "the provider's response"), effect };
}

/** RFC 6749 4.1.2.1. An error that is neither our fault nor a passing trouble of theirs counts as the user's denial. */
function denialCode(error: string): FailureCode {
  if (error === "server_error" || error === "temporarily_unavailable") return "provider_unavailable";
  const ourFaults = ["invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope"];
  return ourFaults.includes(error) ? "provider_misconfigured" : "access_denied";
}
