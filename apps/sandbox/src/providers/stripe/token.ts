import { getTokenLifetimes } from "../../provider.ts";
import type { Grant } from "../../oauth/grant.ts";
import type { Token } from "../../oauth/tokens.ts";
import { randomAlphanumeric } from "../../random.ts";
import { respondWithTokens } from "../../oauth/token-response.ts";
import type { ProviderResponse, ProviderRequest } from "../../http/messages.ts";
import { requirePlatformKey } from "./keys.ts";
import { oauthRefusal, requestId } from "./refusals.ts";
import { findGrant, type Mode, type StripeState } from "./stripe.ts";
import { endStripeGrant } from "./webhooks.ts";

/** `POST https://connect.stripe.com/oauth/token`: the platform's secret key is the client secret. */
export function createStripeTokenEndpoint(stripe: StripeState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    const mode = requirePlatformKey(request);
    const type = request.form.get("grant_type");
    if (type === null) throw oauthRefusal(400, "invalid_request", "No grant type specified");
    if (type === "authorization_code") return redeemStripeCode(stripe, mode, request.form);
    if (type === "refresh_token") return refreshStripeTokens(stripe, mode, request.form);
    throw oauthRefusal(400, "unsupported_grant_type", `Unsupported grant type: ${type}`);
  };
}

function redeemStripeCode(stripe: StripeState, mode: Mode, form: URLSearchParams): ProviderResponse {
  const { grants, people, clock } = stripe;
  const value = form.get("code");
  if (value === null) throw oauthRefusal(400, "invalid_request", "No authorization code provided");
  const code = grants.findCode(value);
  if (!code) throw invalidGrant(`Authorization code does not exist: ${value}`);
  if (code.grant) throw revokeOnReuse(stripe, code.grant);
  if (code.request.realm !== mode.name)
    throw invalidGrant(
      "The authorization code and the API key belong to different modes: one is test, the other live.",
    );
  if (code.expiresAt <= clock.now()) throw invalidGrant(`Authorization code expired: ${value}`);
  const { account } = people.getPerson(code);
  code.grant = findGrant(stripe, account, mode) ?? grants.createGrant({ ...code.request, person: code.person });
  return respondWithTokens(stripe, issueStripeTokens(stripe, { grant: code.grant, account, mode }), requestId());
}

const invalidGrant = (description: string) => oauthRefusal(400, "invalid_grant", description);

/** The endpoint is not idempotent: a code that comes twice ends the whole connection. */
function revokeOnReuse(stripe: StripeState, grant: Grant) {
  if (!grant.ended) endStripeGrant(stripe, grant);
  return invalidGrant(
    "This authorization code has already been used. All tokens issued with this code have been revoked.",
  );
}

/** Issues a new access token; the refresh token stays. */
function refreshStripeTokens(stripe: StripeState, mode: Mode, form: URLSearchParams): ProviderResponse {
  const { grants, people } = stripe;
  const value = form.get("refresh_token");
  if (value === null) throw oauthRefusal(400, "invalid_request", "No refresh token provided");
  const token = grants.useToken(value);
  if (token?.kind !== "refresh" || !grants.isTokenUsable(token) || token.grant.realm !== mode.name)
    throw invalidGrant(`Refresh token does not exist: ${value}`);
  for (const old of grants.listTokens(token.grant)) if (old.kind === "access") old.revoked = true;
  const { account } = people.getPerson(token.grant);
  return respondWithTokens(stripe, issueStripeTokens(stripe, { grant: token.grant, account, mode }), requestId());
}

interface Connected {
  readonly grant: Grant;
  readonly account: string;
  readonly mode: Mode;
}

const usual = { access: Infinity, refresh: Infinity };

/** The refresh token is issued once and stays. */
function refreshToken({ grants, switches }: StripeState, grant: Grant): Token {
  const kept = grants.listTokens(grant).find((token) => token.kind === "refresh" && grants.isTokenUsable(token));
  const lifetime = getTokenLifetimes(switches.current(), usual).refresh;
  return kept ?? grants.issueToken(grant, { kind: "refresh", value: `rt_${randomAlphanumeric(48)}`, lifetime });
}

/** Issues tokens without `expires_in`: they are valid until the account is deauthorized. */
export function issueStripeTokens(stripe: StripeState, { grant, account, mode }: Connected) {
  const lifetime = getTokenLifetimes(stripe.switches.current(), usual).access;
  const value = `sk_${mode.name}_${randomAlphanumeric(99)}`;
  const refresh = refreshToken(stripe, grant);
  const access = stripe.grants.issueToken(grant, { kind: "access", value, lifetime });
  return {
    access_token: access.value,
    livemode: mode.name === "live",
    refresh_token: refresh.value,
    token_type: "bearer",
    stripe_publishable_key: `pk_${mode.name}_${randomAlphanumeric(99)}`,
    stripe_user_id: account,
    scope: grant.scopes.join(" "),
  };
}
