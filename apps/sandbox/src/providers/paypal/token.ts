import { hours } from "../../clock.ts";
import { parseBasicCredentials } from "../../oauth/client-credentials.ts";
import { getTokenLifetimes } from "../../provider.ts";
import type { Grant } from "../../oauth/grant.ts";
import { randomAlphanumeric, randomToken } from "../../random.ts";
import { respondWithTokens } from "../../oauth/token-response.ts";
import { type ProviderResponse, type ProviderRequest, emptyResponse } from "../../http/messages.ts";
import { isClient, type PaypalState } from "./paypal.ts";
import { debugId, plainRefusal, tokenRefusal } from "./refusals.ts";

/** `POST /v1/oauth2/token`: HTTP Basic only. */
export function createPaypalTokenEndpoint(paypal: PaypalState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    requirePaypalClient(paypal, request);
    const type = request.form.get("grant_type");
    if (type === "authorization_code") return redeemPaypalCode(paypal, request.form);
    if (type === "refresh_token") return refreshPaypalTokens(paypal, request.form);
    if (type === "client_credentials") return respondWithTokens(paypal, issueAppToken(paypal), debugId());
    const description = type === null ? "Grant Type is NULL" : "unsupported grant_type";
    throw tokenRefusal(400, { error: "unsupported_grant_type", description });
  };
}

function requirePaypalClient(paypal: PaypalState, request: ProviderRequest): void {
  const credentials = parseBasicCredentials(request);
  if (!credentials) throw plainRefusal(400, { error: "invalid_client", description: "client id or secret is null" });
  if (!isClient(paypal, credentials.id, request.host) || credentials.secret !== paypal.app.clientSecret)
    throw plainRefusal(401, { error: "invalid_client", description: "Client Authentication failed" });
}

/** A dead code is `access_denied` here, not `invalid_grant`. `redirect_uri` may be left out. */
function redeemPaypalCode(paypal: PaypalState, form: URLSearchParams): ProviderResponse {
  const { grants } = paypal;
  const code = grants.findCode(form.get("code") ?? "");
  const redirectUri = form.get("redirect_uri");
  const isSame = redirectUri === null || redirectUri === code?.request.redirectUri;
  if (!code || !grants.isCodeUsable(code) || !isSame)
    throw tokenRefusal(400, { error: "access_denied", description: "Invalid authorization code" });
  code.grant = grants.createGrant({ ...code.request, person: code.person });
  return respondWithTokens(paypal, issuePaypalTokens(paypal, code.grant), debugId());
}

/** Issues the first tokens of a grant. Only these include a refresh token. */
export function issuePaypalTokens(paypal: PaypalState, grant: Grant) {
  const lifetime = getPaypalLifetimes(paypal).refresh;
  const refresh = paypal.grants.issueToken(grant, {
    kind: "refresh",
    value: `R23AA${randomAlphanumeric(96)}`,
    lifetime,
  });
  return { ...reissuePaypalTokens(paypal, grant), refresh_token: refresh.value };
}

/** Refresh tokens do not rotate: the response has none, and the old one stays valid. */
function refreshPaypalTokens(paypal: PaypalState, form: URLSearchParams): ProviderResponse {
  const { grants } = paypal;
  const token = grants.useToken(form.get("refresh_token") ?? "");
  if (token?.kind !== "refresh")
    throw plainRefusal(401, { error: "invalid_refresh_token", description: "Refresh Token is invalid" });
  if (!grants.isTokenUsable(token))
    throw tokenRefusal(400, { error: "invalid_request", description: "Unable to refresh access token" });
  return respondWithTokens(paypal, reissuePaypalTokens(paypal, token.grant), debugId());
}

/** Issues a token of the app itself. Its `expires_in` is a number, and it has no refresh token. */
function issueAppToken(paypal: PaypalState): object {
  const { value, expiresAt } = paypal.appTokens.getAppToken();
  return {
    scope: "https://uri.paypal.com/services/applications/webhooks openid",
    access_token: value,
    token_type: "Bearer",
    app_id: "APP-80W284485P519543T",
    expires_in: Math.ceil((expiresAt - paypal.clock.now()) / 1000),
    nonce: nonce(paypal),
  };
}

const nonce = ({ clock }: PaypalState): string =>
  `${new Date(clock.now()).toISOString().slice(0, 19)}Z${randomToken(32)}`;

/** `expires_in` is the string "28800" for tokens of people. */
function reissuePaypalTokens(paypal: PaypalState, grant: Grant) {
  const lifetime = getPaypalLifetimes(paypal).access;
  const access = paypal.grants.issueToken(grant, { kind: "access", value: `A21AA${randomAlphanumeric(92)}`, lifetime });
  return {
    scope: grant.scopes.join(" "),
    access_token: access.value,
    token_type: "Bearer",
    expires_in: String(lifetime / 1000),
    nonce: nonce(paypal),
  };
}

const getPaypalLifetimes = ({ switches }: PaypalState) =>
  getTokenLifetimes(switches.current(), { access: hours(8), refresh: Infinity });

/** `POST /v1/oauth2/token/terminate`: ends the one token that is named. The person's consent stays. */
export function createTerminateEndpoint(paypal: PaypalState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    requirePaypalClient(paypal, request);
    const value = request.form.get("token") ?? "";
    const token = paypal.grants.findToken(value);
    if (token) token.revoked = true;
    paypal.appTokens.endAppToken(value);
    return emptyResponse(200, debugId());
  };
}
