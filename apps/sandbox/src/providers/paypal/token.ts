import { hours } from "../../clock.ts";
import { basic } from "../../client.ts";
import { lifetimes } from "../../face.ts";
import type { Grant } from "../../grants.ts";
import { alphanumeric, opaque } from "../../mint.ts";
import { buildTokenAnswer } from "../../token-answer.ts";
import { type Answer, type Call, empty } from "../../wire.ts";
import { isClient, type Paypal } from "./paypal.ts";
import { debugId, plainRefusal, tokenRefusal } from "./refusals.ts";

/** `POST /v1/oauth2/token`: HTTP Basic only. */
export function tokenEndpoint(paypal: Paypal): (call: Call) => Answer {
  return (call) => {
    authenticate(paypal, call);
    const type = call.form.get("grant_type");
    if (type === "authorization_code") return redeem(paypal, call.form);
    if (type === "refresh_token") return refresh(paypal, call.form);
    if (type === "client_credentials") return answer(paypal, appSet(paypal));
    const description = type === null ? "Grant Type is NULL" : "unsupported grant_type";
    throw tokenRefusal(400, { error: "unsupported_grant_type", description });
  };
}

function authenticate(paypal: Paypal, call: Call): void {
  const credentials = basic(call);
  if (!credentials) throw plainRefusal(400, { error: "invalid_client", description: "client id or secret is null" });
  if (!isClient(paypal, credentials.id, call.host) || credentials.secret !== paypal.app.clientSecret)
    throw plainRefusal(401, { error: "invalid_client", description: "Client Authentication failed" });
}

/** A dead code is `access_denied` here, not `invalid_grant`; `redirect_uri` may be left out. */
function redeem(paypal: Paypal, form: URLSearchParams): Answer {
  const { grants } = paypal;
  const code = grants.code(form.get("code") ?? "");
  const redirectUri = form.get("redirect_uri");
  const isSame = redirectUri === null || redirectUri === code?.ask.redirectUri;
  if (!code || !grants.isFresh(code) || !isSame)
    throw tokenRefusal(400, { error: "access_denied", description: "Invalid authorization code" });
  code.grant = grants.open({ ...code.ask, person: code.person });
  return answer(paypal, firstSet(paypal, code.grant));
}

/** A refresh token comes with the first set alone. */
export function firstSet(paypal: Paypal, grant: Grant) {
  const lifetime = lifetimesNow(paypal).refresh;
  const refresh = paypal.grants.issue(grant, { kind: "refresh", value: `R23AA${alphanumeric(96)}`, lifetime });
  return { ...nextSet(paypal, grant), refresh_token: refresh.value };
}

/** Refresh tokens do not rotate: the answer has none, and the old one goes on. */
function refresh(paypal: Paypal, form: URLSearchParams): Answer {
  const { grants } = paypal;
  const token = grants.used(form.get("refresh_token") ?? "");
  if (token?.kind !== "refresh")
    throw plainRefusal(401, { error: "invalid_refresh_token", description: "Refresh Token is invalid" });
  if (!grants.isLive(token))
    throw tokenRefusal(400, { error: "invalid_request", description: "Unable to refresh access token" });
  return answer(paypal, nextSet(paypal, token.grant));
}

/** A token of the app itself. Its `expires_in` is a number, and no refresh token comes with it. */
function appSet(paypal: Paypal): object {
  const { value, expiresAt } = paypal.appTokens.current();
  return {
    scope: "https://uri.paypal.com/services/applications/webhooks openid",
    access_token: value,
    token_type: "Bearer",
    app_id: "APP-80W284485P519543T",
    expires_in: Math.ceil((expiresAt - paypal.clock.now()) / 1000),
    nonce: nonce(paypal),
  };
}

const nonce = ({ clock }: Paypal): string => `${new Date(clock.now()).toISOString().slice(0, 19)}Z${opaque(32)}`;

/** `expires_in` is the string "28800" for tokens of people. */
function nextSet(paypal: Paypal, grant: Grant) {
  const lifetime = lifetimesNow(paypal).access;
  const access = paypal.grants.issue(grant, { kind: "access", value: `A21AA${alphanumeric(92)}`, lifetime });
  return {
    scope: grant.scopes.join(" "),
    access_token: access.value,
    token_type: "Bearer",
    expires_in: String(lifetime / 1000),
    nonce: nonce(paypal),
  };
}

const lifetimesNow = ({ switches }: Paypal) => lifetimes(switches.current(), { access: hours(8), refresh: Infinity });

const answer = ({ switches }: Paypal, set: object): Answer =>
  buildTokenAnswer({ set, switches: switches.current(), headers: debugId() });

/** `POST /v1/oauth2/token/terminate`: ends the one token that is named. The person's consent outlives it. */
export function terminateEndpoint(paypal: Paypal): (call: Call) => Answer {
  return (call) => {
    authenticate(paypal, call);
    const value = call.form.get("token") ?? "";
    const token = paypal.grants.token(value);
    if (token) token.revoked = true;
    paypal.appTokens.end(value);
    return empty(200, debugId());
  };
}
