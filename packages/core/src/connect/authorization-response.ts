import { ConnectError, type FailureCode } from "../errors.ts";
import type { AuthorizationResponse, Provider, ProviderState } from "../provider.ts";
import { getProvider } from "../registry.ts";
import { fingerprint, isSecret, newSecret } from "../vault/index.ts";
import type { AttemptSession, Claim, ResponseEffect } from "./attempt-store.ts";
import type { ConnectDeps } from "./connect-deps.ts";

/** An authorization response as the browser brought it to a callback. */
export interface CallbackRequest {
  provider: string;
  response: AuthorizationResponse;
  browser: Buffer | undefined;
  /** The tokens of the session cookies that came. */
  sessions: readonly string[];
}

/** What a callback led to. The browser goes back to where `connectSession` says, or to our own page. */
export type CallbackResult = { connectSession: AttemptSession | undefined } & (
  | { type: "ticket"; ticket: string; proof: ProviderState }
  /** Claimed, for a caller that finishes it at once. */
  | { type: "claimed"; claim: Claim }
  /** The response fits its attempt, and says or proves that nothing is connected. */
  | { type: "refused"; failure: ConnectError }
);

/**
 * The fingerprint by which a ticket is stored. It covers what a signature proved (a shop): if the page posts that back
 * altered, no attempt has the ticket.
 */
export function hashTicket(ticket: string, proof: ProviderState): Buffer {
  const echo = Object.entries(proof).sort(([a], [b]) => (a < b ? -1 : 1));
  return fingerprint([ticket, ...echo.map(([name, value]) => `${name}=${value}`)].join("&"));
}

/** The fingerprint by which a connect code is stored. A back end posts it alone: what a signature proved stays with the response. */
export function hashConnectCode(connectCode: string): Buffer {
  return hashTicket(connectCode, {});
}

/**
 * Checks a response and stores it sealed; `effect: "claim"` also claims its attempt, in the same statement, unless it belongs
 * to a connect session. Throws `invalid_state` for a response that fits no attempt.
 */
export async function acceptCallback(
  { registry, attempts, seals }: ConnectDeps,
  { provider: name, response, browser, sessions }: CallbackRequest,
  type: "store" | "claim",
): Promise<CallbackResult> {
  const provider = getProvider(registry, name);
  const { parameters } = response;
  const state = parameters["state"];
  if (state === undefined) throw explainMissingState(provider, response);
  // It fits no attempt, so the database is not asked.
  if (browser === undefined || !isSecret(state))
    throw new ConnectError("invalid_state", "no attempt fits this response");
  const row = { id: fingerprint(state), provider: name };
  const verdict = judgeResponse(provider, response);
  const ticket = newSecret();
  const buildEffect = (proof: ProviderState): ResponseEffect => ({
    type,
    response: seals.sealResponse({ parameters, proof }, row),
    ticket: hashTicket(ticket, proof),
    connectCode: hashConnectCode(ticket),
  });
  const effect = verdict.type === "pass" ? buildEffect(verdict.proof) : verdict.effect;
  // State, browser and session are checked first: only the user who began the attempt learns what else is wrong.
  const { claim, connectSession } = await attempts.acceptResponse({ ...row, browser, sessions }, effect);
  if (verdict.type === "refuse") return { type: "refused", failure: verdict.failure, connectSession };
  return type === "claim" && connectSession === undefined
    ? { type: "claimed", claim, connectSession }
    : { type: "ticket", ticket, proof: verdict.proof, connectSession };
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
