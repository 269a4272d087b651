import { days, hours } from "../../clock.ts";
import { basic, type Credentials, inBody } from "../../client.ts";
import { lifetimes } from "../../face.ts";
import type { Grant } from "../../grants.ts";
import type { Token } from "../../tokens.ts";
import { jwt, opaque } from "../../mint.ts";
import { answers, type Challenge } from "../../pkce.ts";
import { buildTokenAnswer } from "../../token-answer.ts";
import { type Answer, type Call, json } from "../../wire.ts";
import { oauthRefusal, trackingId } from "./refusals.ts";
import type { Zoom } from "./zoom.ts";

/** `POST https://zoom.us/oauth/token`: Basic or body credentials, form only. */
export function tokenEndpoint(zoom: Zoom): (call: Call) => Answer {
  return (call) => {
    authenticate(zoom, basic(call) ?? inBody(call.form));
    const type = call.form.get("grant_type");
    if (type === null) throw oauthRefusal(400, "invalid_request", "Missing grant type");
    if (type === "authorization_code") return redeem(zoom, call.form);
    if (type === "refresh_token") return refresh(zoom, call.form);
    throw oauthRefusal(400, "unsupported_grant_type", "unsupported grant type");
  };
}

function authenticate({ app }: Zoom, credentials: Credentials | undefined): void {
  if (!credentials) throw oauthRefusal(400, "invalid_request", "Missing client credentials");
  if (credentials.id !== app.clientId || credentials.secret !== app.clientSecret)
    throw oauthRefusal(401, "invalid_client", "Invalid client_id or client_secret");
}

/** The reason repeats the code that was sent. */
function redeem(zoom: Zoom, form: URLSearchParams): Answer {
  const { grants } = zoom;
  const value = form.get("code") ?? "";
  const code = grants.code(value);
  if (!code || !grants.isFresh(code)) throw oauthRefusal(400, "invalid_grant", `Invalid authorization code ${value}`);
  if (form.get("redirect_uri") !== code.ask.redirectUri)
    throw oauthRefusal(400, "invalid_request", "Redirect URI mismatch.");
  if (!isVerified(code.ask.challenge, form)) throw oauthRefusal(400, "invalid_grant", "Invalid code verifier");
  const owner = { person: code.person, clientId: code.ask.clientId, realm: code.ask.realm };
  for (const earlier of grants.standing(owner)) grants.end(earlier);
  code.grant = grants.open({ ...owner, scopes: code.ask.scopes });
  return answer(zoom, tokenSet(zoom, code.grant));
}

/** A verifier that nobody asked for is not looked at: whether Zoom would refuse it is not known. */
const isVerified = (challenge: Challenge | undefined, form: URLSearchParams): boolean =>
  challenge === undefined || answers(challenge, form.get("code_verifier") ?? "");

/** Only the latest refresh token works, without any grace. */
function refresh(zoom: Zoom, form: URLSearchParams): Answer {
  const { grants } = zoom;
  const token = grants.used(form.get("refresh_token") ?? "");
  if (token?.kind !== "refresh" || !grants.isLive(token)) throw oauthRefusal(400, "invalid_grant", "Invalid Token!");
  token.revoked = true;
  return answer(zoom, tokenSet(zoom, token.grant, token));
}

/** Zoom's tokens are long enough to overflow narrow columns. */
function longToken(zoom: Zoom, grant: Grant): string {
  const uid = zoom.people.behind(grant).id;
  const claims = {
    ver: 10,
    auid: opaque(32),
    code: opaque(32),
    iss: `zm:cid:${grant.clientId}`,
    uid,
    aud: "https://oauth.zoom.us",
  };
  return jwt(
    { ...claims, iat: Math.floor(zoom.clock.now() / 1000), ext: opaque(640) },
    { alg: "HS512", v: "2.0", kid: opaque(24) },
  );
}

function apiUrl({ switches }: Zoom): string {
  const { region } = switches.current();
  return region === undefined ? "https://api.zoom.us" : `https://api-${region}.zoom.us`;
}

const usual = { access: hours(1), refresh: days(90) };

export function tokenSet(zoom: Zoom, grant: Grant, used?: Token) {
  const { grants, switches } = zoom;
  const life = lifetimes(switches.current(), usual);
  const replaces = used && { replaces: used };
  const value = (): string => longToken(zoom, grant);
  const access = grants.issue(grant, { kind: "access", value: value(), lifetime: life.access, ...replaces });
  const refresh = grants.issue(grant, { kind: "refresh", value: value(), lifetime: life.refresh, ...replaces });
  return {
    access_token: access.value,
    token_type: "bearer",
    refresh_token: refresh.value,
    expires_in: life.access === usual.access ? 3599 : life.access / 1000,
    scope: grant.scopes.join(" "),
    api_url: apiUrl(zoom),
  };
}

const answer = ({ switches }: Zoom, set: object): Answer =>
  buildTokenAnswer({ set, switches: switches.current(), headers: trackingId() });

/** `POST https://zoom.us/oauth/revoke`: by a live access token; ends the app's authorisation of that user. */
export function revokeEndpoint(zoom: Zoom): (call: Call) => Answer {
  return (call) => {
    authenticate(zoom, basic(call) ?? inBody(call.form));
    const token = zoom.grants.token(call.form.get("token") ?? call.query.get("token") ?? "");
    if (token?.kind !== "access" || !zoom.grants.isLive(token))
      throw oauthRefusal(400, "invalid_request", "Invalid Token!");
    zoom.grants.end(token.grant);
    return json(200, { status: "success" }, trackingId());
  };
}
