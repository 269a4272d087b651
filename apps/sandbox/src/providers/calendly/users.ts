import { bearer } from "../../client.ts";
import type { Token } from "../../tokens.ts";
import { mergePatch } from "../../patch.ts";
import { type Answer, type Call, json } from "../../wire.ts";
import type { Calendly } from "./calendly.ts";
import { type CalendlyPerson, organizationUri, userUri } from "./people.ts";
import { apiRefusal } from "./refusals.ts";

/** On every answer of the API; the reset counts the seconds that are left, it is no moment in time. */
export const rateHeaders = { "x-ratelimit-limit": "500", "x-ratelimit-remaining": "499", "x-ratelimit-reset": "60" };

/** `GET https://api.calendly.com/users/me`, which needs `users:read`. */
export function usersMe(calendly: Calendly): (call: Call) => Answer {
  return (call) => {
    const person = authorized(calendly, call, ["users:read"]);
    return json(200, { resource: mergePatch(resource(person), person.answer) }, rateHeaders);
  };
}

/** The person whose token it is, if it has one of the scopes; the first is the one that is missed. */
export function authorized(calendly: Calendly, call: Call, [wanted, ...others]: [string, ...string[]]): CalendlyPerson {
  const { grant } = authenticated(calendly, call);
  if (![wanted, ...others].some((scope) => grant.scopes.includes(scope)))
    throw apiRefusal(403, "Insufficient scope", {
      message: "You do not have permission to access this resource.",
      required_scopes: [wanted],
    });
  return calendly.people.behind(grant);
}

function authenticated({ grants }: Calendly, call: Call): Token {
  const token = grants.used(bearer(call) ?? "");
  if (token?.kind !== "access") throw unauthenticated("invalid");
  if (token.revoked || token.grant.ended) throw unauthenticated("revoked");
  if (grants.isExpired(token)) throw unauthenticated("expired");
  return token;
}

const causes = {
  invalid: "The access token is invalid",
  expired: "The access token expired",
  revoked: "The access token was revoked",
};

const unauthenticated = (cause: keyof typeof causes) => apiRefusal(401, "Unauthenticated", { message: causes[cause] });

function resource(person: CalendlyPerson): Record<string, unknown> {
  return {
    uri: userUri(person),
    name: person.name,
    slug: person.slug,
    ...(person.email !== undefined && { email: person.email }),
    scheduling_url: `https://calendly.com/${person.slug}`,
    timezone: person.timezone,
    time_notation: "24h",
    avatar_url: null,
    created_at: "2024-02-11T09:14:05.120381Z",
    updated_at: "2026-10-02T16:41:33.906217Z",
    current_organization: organizationUri(person),
    resource_type: "User",
    locale: "en",
  };
}
