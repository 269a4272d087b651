import type { Code, Grant, Token } from "../../grants.ts";
import { alphanumeric } from "../../mint.ts";
import { mergePatch } from "../../patch.ts";
import { type Answer, type Call, json, uncached } from "../../wire.ts";
import { platform } from "./keys.ts";
import { oauthRefusal, requestId } from "./refusals.ts";
import { connection, type Mode, type Stripe } from "./stripe.ts";

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
  const kept = grants.tokensOf(code.grant).find(({ kind }) => kind === "refresh");
  const refresh = kept ?? grants.issue(code.grant, { kind: "refresh", value: `rt_${alphanumeric(48)}` });
  return tokens(stripe, { grant: code.grant, account, mode, refresh });
}

const invalidGrant = (description: string) => oauthRefusal(400, "invalid_grant", description);

/** The endpoint is not idempotent: a code seen twice takes the whole connection down. */
function revokeOnReuse({ grants }: Stripe, grant: NonNullable<Code["grant"]>) {
  grants.end(grant);
  return invalidGrant(
    "This authorization code has already been used. All tokens issued with this code have been revoked.",
  );
}

/** Rolls the access token; the refresh token stays. */
function refresh(stripe: Stripe, mode: Mode, form: URLSearchParams): Answer {
  const { grants, people } = stripe;
  const value = form.get("refresh_token");
  if (value === null) throw oauthRefusal(400, "invalid_request", "No refresh token provided");
  const token = grants.token(value);
  if (token?.kind !== "refresh" || !grants.isLive(token) || token.grant.realm !== mode.name)
    throw invalidGrant(`Refresh token does not exist: ${value}`);
  for (const old of grants.tokensOf(token.grant)) if (old.kind === "access") old.revoked = true;
  const { account } = people.behind(token.grant);
  return tokens(stripe, { grant: token.grant, account, mode, refresh: token });
}

interface Connected {
  readonly grant: Grant;
  readonly account: string;
  readonly mode: Mode;
  readonly refresh: Token;
}

/** No `expires_in`: the tokens live until the account is deauthorized. */
function tokens({ grants, switches }: Stripe, { grant, account, mode, refresh }: Connected): Answer {
  const access = grants.issue(grant, { kind: "access", value: `sk_${mode.name}_${alphanumeric(99)}` });
  const answer = {
    access_token: access.value,
    livemode: mode.name === "live",
    refresh_token: refresh.value,
    token_type: "bearer",
    stripe_publishable_key: `pk_${mode.name}_${alphanumeric(99)}`,
    stripe_user_id: account,
    scope: grant.scopes.join(" "),
  };
  return json(200, mergePatch(answer, switches.current().token), { ...uncached, ...requestId() });
}
