import { parseBearerToken } from "../../oauth/client-credentials.ts";
import type { Token } from "../../oauth/tokens.ts";
import { mergePatch } from "../../patch.ts";
import { type ProviderResponse, type ProviderRequest, jsonResponse } from "../../http/messages.ts";
import type { CalendlyState } from "./calendly.ts";
import { type CalendlyPerson, buildOrganizationUri, buildUserUri } from "./people.ts";
import { apiRefusal } from "./refusals.ts";

/** Every response of the API has these headers. The reset counts the remaining seconds. */
export const rateHeaders = { "x-ratelimit-limit": "500", "x-ratelimit-remaining": "499", "x-ratelimit-reset": "60" };

/** `GET https://api.calendly.com/users/me`, which needs `users:read`. */
export function createUsersMeEndpoint(calendly: CalendlyState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    const person = requirePerson(calendly, request, ["users:read"]);
    return jsonResponse(200, { resource: mergePatch(buildUserResource(person), person.answer) }, rateHeaders);
  };
}

/** Returns the person of the token if it has one of the scopes. The error names the first scope. */
export function requirePerson(
  calendly: CalendlyState,
  request: ProviderRequest,
  [wanted, ...others]: [string, ...string[]],
): CalendlyPerson {
  const { grant } = requireToken(calendly, request);
  if (![wanted, ...others].some((scope) => grant.scopes.includes(scope)))
    throw apiRefusal(403, "Insufficient scope", {
      message: "You do not have permission to access this resource.",
      required_scopes: [wanted],
    });
  return calendly.people.getPerson(grant);
}

function requireToken({ grants }: CalendlyState, request: ProviderRequest): Token {
  const token = grants.useToken(parseBearerToken(request) ?? "");
  if (token?.kind !== "access") throw createUnauthenticated("invalid");
  if (token.revoked || token.grant.ended) throw createUnauthenticated("revoked");
  if (grants.isTokenExpired(token)) throw createUnauthenticated("expired");
  return token;
}

const causes = {
  invalid: "The access token is invalid",
  expired: "The access token expired",
  revoked: "The access token was revoked",
};

const createUnauthenticated = (cause: keyof typeof causes) =>
  apiRefusal(401, "Unauthenticated", { message: causes[cause] });

function buildUserResource(person: CalendlyPerson): Record<string, unknown> {
  return {
    uri: buildUserUri(person),
    name: person.name,
    slug: person.slug,
    ...(person.email !== undefined && { email: person.email }),
    scheduling_url: `https://calendly.com/${person.slug}`,
    timezone: person.timezone,
    time_notation: "24h",
    avatar_url: null,
    created_at: "2024-02-11T09:14:05.120381Z",
    updated_at: "2026-10-02T16:41:33.906217Z",
    current_organization: buildOrganizationUri(person),
    resource_type: "User",
    locale: "en",
  };
}
