import { hours, minutes, seconds } from "../../clock.ts";
import { parseBasicCredentials, type ClientCredentials, parseBodyCredentials } from "../../oauth/client-credentials.ts";
import { getTokenLifetimes } from "../../provider.ts";
import type { Grant } from "../../oauth/grant.ts";
import type { AuthorizationCode } from "../../oauth/grants.ts";
import type { Token } from "../../oauth/tokens.ts";
import { createJwt, randomToken } from "../../random.ts";
import { isVerifierRight } from "../../oauth/pkce.ts";
import { respondWithTokens } from "../../oauth/token-response.ts";
import {
  type ProviderResponse,
  parseBodyFields,
  type ProviderRequest,
  jsonResponse,
  Refusal,
  noStoreHeaders,
} from "../../http/messages.ts";
import type { CalendlyState } from "./calendly.ts";
import { buildOrganizationUri, buildUserUri } from "./people.ts";
import { missingParameter, oauthRefusal } from "./refusals.ts";

/** `POST https://auth.calendly.com/oauth/token`: Basic or body credentials, form or JSON. */
export function createCalendlyTokenEndpoint(calendly: CalendlyState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    const fields = parseBodyFields(request);
    const type = fields.get("grant_type");
    if (type === null) throw missingParameter("grant_type");
    if (type !== "authorization_code" && type !== "refresh_token") throw oauthRefusal("unsupported_grant_type");
    if (!isClient(calendly, parseBasicCredentials(request) ?? parseBodyCredentials(fields)))
      throw oauthRefusal("invalid_client");
    return type === "authorization_code"
      ? redeemCalendlyCode(calendly, fields)
      : refreshCalendlyTokens(calendly, fields);
  };
}

/** Whether these are the app's credentials. */
export function isClient({ app }: CalendlyState, credentials: ClientCredentials | undefined): boolean {
  return credentials?.id === app.clientId && credentials.secret === app.clientSecret;
}

/** Returns a field that must not be empty. Throws Calendly's refusal if it is. */
export function requireField(fields: URLSearchParams, name: string): string {
  const value = fields.get(name);
  if (value === null || value === "") throw missingParameter(name);
  return value;
}

function redeemCalendlyCode(calendly: CalendlyState, fields: URLSearchParams): ProviderResponse {
  const { grants } = calendly;
  const code = grants.findCode(requireField(fields, "code"));
  const redirectUri = requireField(fields, "redirect_uri");
  if (!code || !grants.isCodeUsable(code) || code.request.redirectUri !== redirectUri || !isCodeVerified(code, fields))
    throw oauthRefusal("invalid_grant");
  requireUnderRateLimit(calendly, code.person);
  code.grant = grants.createGrant({ ...code.request, person: code.person });
  return respondWithTokens(calendly, issueCalendlyTokens(calendly, code.grant));
}

/** Doorkeeper refuses a wrong verifier, a missing one, and one for a code that was issued without a challenge. */
function isCodeVerified({ request: authorization }: AuthorizationCode, fields: URLSearchParams): boolean {
  const verifier = fields.get("code_verifier");
  if (authorization.challenge === undefined || verifier === null)
    return authorization.challenge === undefined && verifier === null;
  return isVerifierRight(authorization.challenge, verifier);
}

/** Refresh tokens are single-use since 31 Aug 2026: the old pair ends at once. */
function refreshCalendlyTokens(calendly: CalendlyState, fields: URLSearchParams): ProviderResponse {
  const { grants } = calendly;
  const token = grants.useToken(requireField(fields, "refresh_token"));
  if (token?.kind !== "refresh" || !grants.isTokenUsable(token)) throw oauthRefusal("invalid_grant");
  requireUnderRateLimit(calendly, token.grant.person);
  for (const old of grants.listTokens(token.grant)) old.revoked = true;
  return respondWithTokens(calendly, issueCalendlyTokens(calendly, token.grant, token));
}

/** Issues an access token and a refresh token, in place of the used refresh token. */
export function issueCalendlyTokens(calendly: CalendlyState, grant: Grant, used?: Token) {
  const { grants, people, clock, switches } = calendly;
  const person = people.getPerson(grant);
  const created = Math.floor(clock.now() / 1000);
  const life = getTokenLifetimes(switches.current(), { access: hours(2), refresh: Infinity });
  const lasts = life.access / 1000;
  const replaces = used && { replaces: used };
  const claims = { iss: "https://auth.calendly.com", iat: created, exp: created + lasts, jti: randomToken(16) };
  const value = createJwt({
    ...claims,
    user_uuid: person.uuid,
    app_uid: grant.clientId,
    scope: grant.scopes.join(" "),
  });
  const access = grants.issueToken(grant, { kind: "access", value, lifetime: life.access, ...replaces });
  const refresh = grants.issueToken(grant, {
    kind: "refresh",
    value: randomToken(32),
    lifetime: life.refresh,
    ...replaces,
  });
  return {
    token_type: "Bearer",
    access_token: access.value,
    refresh_token: refresh.value,
    scope: grant.scopes.join(" "),
    created_at: created,
    expires_in: lasts,
    owner: buildUserUri(person),
    organization: buildOrganizationUri(person),
  };
}

/** Refuses the ninth token of a user within a minute, if the switch is on. */
function requireUnderRateLimit({ grants, switches, clock }: CalendlyState, person: string): void {
  if (!switches.current().tokenRateLimit) return;
  const since = clock.now() - minutes(1);
  const recent = grants
    .listTokensOf(person)
    .filter((token: Token) => token.kind === "access" && token.issuedAt > since);
  if (recent.length < 8) return;
  const oldest = Math.min(...recent.map(({ issuedAt }) => issuedAt));
  const reset = Math.max(1, Math.ceil((oldest - since) / seconds(1)));
  throw new Refusal(
    jsonResponse(
      429,
      { title: "Too Many Requests", message: "You have exceeded the number of tokens for this user. Try again later." },
      { ...noStoreHeaders, "x-ratelimit-limit": "8", "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) },
    ),
  );
}
