import { parseBodyCredentials } from "../../oauth/client-credentials.ts";
import type { Token } from "../../oauth/tokens.ts";
import {
  type ProviderResponse,
  parseBodyFields,
  type ProviderRequest,
  jsonResponse,
  noStoreHeaders,
} from "../../http/messages.ts";
import type { CalendlyState } from "./calendly.ts";
import { buildOrganizationUri, buildUserUri } from "./people.ts";
import { oauthRefusal } from "./refusals.ts";
import { isClient, requireField } from "./token.ts";

/** Both endpoints need the client and the token in the body. */
function requireTokenFields(request: ProviderRequest): URLSearchParams {
  const fields = parseBodyFields(request);
  for (const name of ["client_id", "client_secret", "token"]) requireField(fields, name);
  return fields;
}

/** `POST https://auth.calendly.com/oauth/revoke`: either token of a pair revokes the pair. An unknown token is accepted too. */
export function createCalendlyRevokeEndpoint(calendly: CalendlyState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    const fields = requireTokenFields(request);
    if (!isClient(calendly, parseBodyCredentials(fields))) throw oauthRefusal("unauthorized_client");
    const token = calendly.grants.findToken(fields.get("token") ?? "");
    if (token) calendly.grants.endGrant(token.grant);
    return jsonResponse(200, {}, noStoreHeaders);
  };
}

/** `POST https://auth.calendly.com/oauth/introspect`. */
export function createIntrospectEndpoint(calendly: CalendlyState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    const fields = requireTokenFields(request);
    if (!isClient(calendly, parseBodyCredentials(fields))) throw oauthRefusal("invalid_client");
    const token = calendly.grants.findToken(fields.get("token") ?? "");
    const judged = token && getJudgedToken(calendly, token);
    const isLive = judged !== undefined && calendly.grants.isTokenUsable(judged);
    return jsonResponse(200, isLive ? describeToken(calendly, judged) : { active: false }, noStoreHeaders);
  };
}

/** Returns the token whose expiry counts. Doorkeeper up to 5.9 stores a pair as one row, which ends with the access token. */
function getJudgedToken({ grants, switches }: CalendlyState, token: Token): Token {
  if (switches.current().introspection === "refresh_token" || token.kind === "access") return token;
  const isPartner = ({ kind, generation }: Token): boolean => kind === "access" && generation === token.generation;
  return grants.listTokens(token.grant).find(isPartner) ?? token;
}

function describeToken({ people }: CalendlyState, token: Token): object {
  const { grant, issuedAt, expiresAt, kind } = token;
  const person = people.getPerson(grant);
  return {
    active: true,
    scope: grant.scopes.join(" "),
    client_id: grant.clientId,
    token_type: "Bearer",
    ...(kind === "access" && { exp: Math.floor(expiresAt / 1000) }),
    iat: Math.floor(issuedAt / 1000),
    owner: buildUserUri(person),
    organization: buildOrganizationUri(person),
  };
}
