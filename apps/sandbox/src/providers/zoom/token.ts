import { days, hours } from "../../clock.ts";
import { parseBasicCredentials, type ClientCredentials, parseBodyCredentials } from "../../oauth/client-credentials.ts";
import { getTokenLifetimes } from "../../provider.ts";
import type { Grant } from "../../oauth/grant.ts";
import type { Token } from "../../oauth/tokens.ts";
import { createJwt, randomToken } from "../../random.ts";
import { isVerifierRight, type CodeChallenge } from "../../oauth/pkce.ts";
import { respondWithTokens } from "../../oauth/token-response.ts";
import { type ProviderResponse, type ProviderRequest, jsonResponse } from "../../http/messages.ts";
import { oauthRefusal, trackingId } from "./refusals.ts";
import type { ZoomState } from "./zoom.ts";

/** `POST https://zoom.us/oauth/token`: Basic or body credentials, form only. */
export function createZoomTokenEndpoint(zoom: ZoomState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    requireZoomClient(zoom, parseBasicCredentials(request) ?? parseBodyCredentials(request.form));
    const type = request.form.get("grant_type");
    if (type === null) throw oauthRefusal(400, "invalid_request", "Missing grant type");
    if (type === "authorization_code") return redeemZoomCode(zoom, request.form);
    if (type === "refresh_token") return refreshZoomTokens(zoom, request.form);
    throw oauthRefusal(400, "unsupported_grant_type", "unsupported grant type");
  };
}

function requireZoomClient({ app }: ZoomState, credentials: ClientCredentials | undefined): void {
  if (!credentials) throw oauthRefusal(400, "invalid_request", "Missing client credentials");
  if (credentials.id !== app.clientId || credentials.secret !== app.clientSecret)
    throw oauthRefusal(401, "invalid_client", "Invalid client_id or client_secret");
}

/** Exchanges a code. The error repeats the code that was sent. */
function redeemZoomCode(zoom: ZoomState, form: URLSearchParams): ProviderResponse {
  const { grants } = zoom;
  const value = form.get("code") ?? "";
  const code = grants.findCode(value);
  if (!code || !grants.isCodeUsable(code))
    throw oauthRefusal(400, "invalid_grant", `Invalid authorization code ${value}`);
  if (form.get("redirect_uri") !== code.request.redirectUri)
    throw oauthRefusal(400, "invalid_request", "Redirect URI mismatch.");
  if (!isVerified(code.request.challenge, form)) throw oauthRefusal(400, "invalid_grant", "Invalid code verifier");
  const owner = { person: code.person, clientId: code.request.clientId, realm: code.request.realm };
  for (const earlier of grants.listActive(owner)) grants.endGrant(earlier);
  code.grant = grants.createGrant({ ...owner, scopes: code.request.scopes });
  return respondWithTokens(zoom, issueZoomTokens(zoom, code.grant), trackingId());
}

/** A verifier without a challenge is ignored. Whether Zoom would refuse it is not known. */
const isVerified = (challenge: CodeChallenge | undefined, form: URLSearchParams): boolean =>
  challenge === undefined || isVerifierRight(challenge, form.get("code_verifier") ?? "");

/** Only the latest refresh token works, without any grace period. */
function refreshZoomTokens(zoom: ZoomState, form: URLSearchParams): ProviderResponse {
  const { grants } = zoom;
  const token = grants.useToken(form.get("refresh_token") ?? "");
  if (token?.kind !== "refresh" || !grants.isTokenUsable(token))
    throw oauthRefusal(400, "invalid_grant", "Invalid Token!");
  token.revoked = true;
  return respondWithTokens(zoom, issueZoomTokens(zoom, token.grant, token), trackingId());
}

/** Zoom's tokens are long enough to overflow narrow columns. */
function createLongToken(zoom: ZoomState, grant: Grant): string {
  const uid = zoom.people.getPerson(grant).id;
  const claims = {
    ver: 10,
    auid: randomToken(32),
    code: randomToken(32),
    iss: `zm:cid:${grant.clientId}`,
    uid,
    aud: "https://oauth.zoom.us",
  };
  return createJwt(
    { ...claims, iat: Math.floor(zoom.clock.now() / 1000), ext: randomToken(640) },
    { alg: "HS512", v: "2.0", kid: randomToken(24) },
  );
}

function getApiUrl({ switches }: ZoomState): string {
  const { region } = switches.current();
  return region === undefined ? "https://api.zoom.us" : `https://api-${region}.zoom.us`;
}

const usual = { access: hours(1), refresh: days(90) };

/** Issues an access token and a refresh token, in place of the used refresh token. */
export function issueZoomTokens(zoom: ZoomState, grant: Grant, used?: Token) {
  const { grants, switches } = zoom;
  const life = getTokenLifetimes(switches.current(), usual);
  const replaces = used && { replaces: used };
  const value = (): string => createLongToken(zoom, grant);
  const access = grants.issueToken(grant, { kind: "access", value: value(), lifetime: life.access, ...replaces });
  const refresh = grants.issueToken(grant, { kind: "refresh", value: value(), lifetime: life.refresh, ...replaces });
  return {
    access_token: access.value,
    token_type: "bearer",
    refresh_token: refresh.value,
    expires_in: life.access === usual.access ? 3599 : life.access / 1000,
    scope: grant.scopes.join(" "),
    api_url: getApiUrl(zoom),
  };
}

/** `POST https://zoom.us/oauth/revoke`, with a valid access token: ends the app's authorization by that user. */
export function createZoomRevokeEndpoint(zoom: ZoomState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    requireZoomClient(zoom, parseBasicCredentials(request) ?? parseBodyCredentials(request.form));
    const token = zoom.grants.findToken(request.form.get("token") ?? request.query.get("token") ?? "");
    if (token?.kind !== "access" || !zoom.grants.isTokenUsable(token))
      throw oauthRefusal(400, "invalid_request", "Invalid Token!");
    zoom.grants.endGrant(token.grant);
    return jsonResponse(200, { status: "success" }, trackingId());
  };
}
