import { ConnectError } from "../errors.ts";
import { assertNotTransient, tryParseJson, unrecognizedResponseError, type HttpResponse } from "../http/index.ts";
import { sendForm, type ClientForm } from "./send-form.ts";
import type { Access } from "./spec.ts";
import { parseTokenError, type TokenError } from "./token-response.ts";

interface TokenRevocation extends ClientForm {
  /** What the log calls the endpoint. */
  endpoint: string;
  /** Whether a response with status 200 is the provider's own: a proxy's page proves nothing. */
  isRevoked: (response: HttpResponse) => boolean;
  /** Whether an error says that the token was dead before. */
  isDead?: (error: TokenError) => boolean;
}

/** Ends a token (RFC 7009). Throws unless the provider says in its own words that the token is dead. */
export async function revokeToken(
  access: Access,
  { endpoint, isRevoked, isDead, ...form }: TokenRevocation,
): Promise<void> {
  const response = await sendForm(access, form);
  assertNotTransient(response, endpoint);
  if (response.status === 200 && isRevoked(response)) return;
  const error = parseTokenError(response.status, tryParseJson(response.text));
  if (error === undefined || refusesClient.has(error.error) || !isDead?.(error))
    throw clientRefusal(response, endpoint);
}

/** The failure for a response that refuses our client (RFC 6749 5.2), or that the provider does not document. */
export function clientRefusal(response: HttpResponse, endpoint: string): ConnectError {
  const { status, text } = response;
  const error = parseTokenError(status, tryParseJson(text))?.error ?? "";
  return refusesClient.has(error)
    ? new ConnectError("provider_misconfigured", `${endpoint} answered ${status} ${error}`)
    : unrecognizedResponseError(response, endpoint);
}

const refusesClient = new Set(["invalid_client", "unauthorized_client"]);
