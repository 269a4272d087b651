import { lifetimes } from "../../face.ts";
import type { Grant } from "../../grants.ts";
import type { Token } from "../../tokens.ts";
import { alphanumeric } from "../../mint.ts";
import { buildTokenAnswer } from "../../token-answer.ts";
import type { Answer, Call } from "../../wire.ts";
import { platform } from "./keys.ts";
import { oauthRefusal, requestId } from "./refusals.ts";
import { connection, type Mode, type Stripe } from "./stripe.ts";
import { end } from "./webhooks.ts";

/** `POST https://connect.stripe.com/oauth/token`: the platform's secret key is the client secret. */
export function tokenEndpoint(stripe: Stripe): (call: Call) => Answer {
  return (call) => {
    const mode = platform(call);
    const type = call.form.get("grant_type");
    if (type === null) throw oauthRefusal(400, "invalid_request", "No grant type specified");
    if (type === "authorization_code") return redeem(stripe, mode, call.form);
    if (type === "refresh_token") return refresh(stripe, mode, call.form);
    throw oauthRefusal(400, "unsupported_grant_type", `Unsupported grant type: ${type}`);
  };
}

function redeem(stripe: Stripe, mode: Mode, form: URLSearchParams): Answer {
  const { grants, people, clock } = stripe;
  const value = form.get("code");
  if (value === null) throw oauthRefusal(400, "invalid_request", "No authorization code provided");
  const code = grants.code(value);
  if (!code) throw invalidGrant(`Authorization code does not exist: ${value}`);
  if (code.grant) throw revokeOnReuse(stripe, code.grant);
  if (code.ask.realm !== mode.name)
    throw invalidGrant(
      "The authorization code and the API key belong to different modes: one is test, the other live.",
    );
  if (code.expiresAt <= clock.now()) throw invalidGrant(`Authorization code expired: ${value}`);
  const { account } = people.behind(code);
  code.grant = connection(stripe, account, mode) ?? grants.open({ ...code.ask, person: code.person });
  return answer(stripe, tokenSet(stripe, { grant: code.grant, account, mode }));
}

const invalidGrant = (description: string) => oauthRefusal(400, "invalid_grant", description);

/** The endpoint is not idempotent: a code seen twice takes the whole connection down. */
function revokeOnReuse(stripe: Stripe, grant: Grant) {
  if (!grant.ended) end(stripe, grant);
  return invalidGrant(
    "This authorization code has already been used. All tokens issued with this code have been revoked.",
  );
}

/** Rolls the access token; the refresh token stays. */
function refresh(stripe: Stripe, mode: Mode, form: URLSearchParams): Answer {
  const { grants, people } = stripe;
  const value = form.get("refresh_token");
  if (value === null) throw oauthRefusal(400, "invalid_request", "No refresh token provided");
  const token = grants.used(value);
  if (token?.kind !== "refresh" || !grants.isLive(token) || token.grant.realm !== mode.name)
    throw invalidGrant(`Refresh token does not exist: ${value}`);
  for (const old of grants.tokensOf(token.grant)) if (old.kind === "access") old.revoked = true;
  const { account } = people.behind(token.grant);
  return answer(stripe, tokenSet(stripe, { grant: token.grant, account, mode }));
}

interface Connected {
  readonly grant: Grant;
  readonly account: string;
  readonly mode: Mode;
}

const usual = { access: Infinity, refresh: Infinity };

/** The refresh token is given once and stays. */
function refreshToken({ grants, switches }: Stripe, grant: Grant): Token {
  const kept = grants.tokensOf(grant).find((token) => token.kind === "refresh" && grants.isLive(token));
  const lifetime = lifetimes(switches.current(), usual).refresh;
  return kept ?? grants.issue(grant, { kind: "refresh", value: `rt_${alphanumeric(48)}`, lifetime });
}

/** No `expires_in`: the tokens live until the account is deauthorized. */
export function tokenSet(stripe: Stripe, { grant, account, mode }: Connected) {
  const lifetime = lifetimes(stripe.switches.current(), usual).access;
  const value = `sk_${mode.name}_${alphanumeric(99)}`;
  const refresh = refreshToken(stripe, grant);
  const access = stripe.grants.issue(grant, { kind: "access", value, lifetime });
  return {
    access_token: access.value,
    livemode: mode.name === "live",
    refresh_token: refresh.value,
    token_type: "bearer",
    stripe_publishable_key: `pk_${mode.name}_${alphanumeric(99)}`,
    stripe_user_id: account,
    scope: grant.scopes.join(" "),
  };
}

const answer = ({ switches }: Stripe, set: object): Answer =>
  buildTokenAnswer({ set, switches: switches.current(), headers: requestId() });
