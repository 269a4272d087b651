import { inBody } from "../../client.ts";
import type { Token } from "../../tokens.ts";
import { type Answer, bodyFields, type Call, json, uncached } from "../../wire.ts";
import type { Calendly } from "./calendly.ts";
import { organizationUri, userUri } from "./people.ts";
import { oauthRefusal } from "./refusals.ts";
import { isClient, required } from "./token.ts";

/** Both endpoints want client and token in the body, all three. */
function wanted(call: Call): URLSearchParams {
  const fields = bodyFields(call);
  for (const name of ["client_id", "client_secret", "token"]) required(fields, name);
  return fields;
}

/** `POST https://auth.calendly.com/oauth/revoke`: either token of a pair revokes the pair; an unknown one is fine too. */
export function revokeEndpoint(calendly: Calendly): (call: Call) => Answer {
  return (call) => {
    const fields = wanted(call);
    if (!isClient(calendly, inBody(fields))) throw oauthRefusal("unauthorized_client");
    const token = calendly.grants.token(fields.get("token") ?? "");
    if (token) calendly.grants.end(token.grant);
    return json(200, {}, uncached);
  };
}

/** `POST https://auth.calendly.com/oauth/introspect`. */
export function introspectEndpoint(calendly: Calendly): (call: Call) => Answer {
  return (call) => {
    const fields = wanted(call);
    if (!isClient(calendly, inBody(fields))) throw oauthRefusal("invalid_client");
    const token = calendly.grants.token(fields.get("token") ?? "");
    const judged = token && judgedFor(calendly, token);
    const isLive = judged !== undefined && calendly.grants.isLive(judged);
    return json(200, isLive ? described(calendly, judged) : { active: false }, uncached);
  };
}

/** The token whose life decides: Doorkeeper up to 5.9 keeps a pair as one row, which ends with the access token. */
function judgedFor({ grants, switches }: Calendly, token: Token): Token {
  if (switches.current().introspection === "refresh_token" || token.kind === "access") return token;
  const isPartner = ({ kind, generation }: Token): boolean => kind === "access" && generation === token.generation;
  return grants.tokensOf(token.grant).find(isPartner) ?? token;
}

function described({ people }: Calendly, token: Token): object {
  const { grant, issuedAt, expiresAt, kind } = token;
  const person = people.behind(grant);
  return {
    active: true,
    scope: grant.scopes.join(" "),
    client_id: grant.clientId,
    token_type: "Bearer",
    ...(kind === "access" && { exp: Math.floor(expiresAt / 1000) }),
    iat: Math.floor(issuedAt / 1000),
    owner: userUri(person),
    organization: organizationUri(person),
  };
}
