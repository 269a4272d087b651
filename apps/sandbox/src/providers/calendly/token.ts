import { hours, minutes, seconds } from "../../clock.ts";
import { basic, type Credentials, inBody } from "../../client.ts";
import { lifetimes } from "../../face.ts";
import type { Code, Grant } from "../../grants.ts";
import type { Token } from "../../tokens.ts";
import { jwt, opaque } from "../../mint.ts";
import { answers } from "../../pkce.ts";
import { buildTokenAnswer } from "../../token-answer.ts";
import { type Answer, bodyFields, type Call, json, Refusal, uncached } from "../../wire.ts";
import type { Calendly } from "./calendly.ts";
import { organizationUri, userUri } from "./people.ts";
import { missingParameter, oauthRefusal } from "./refusals.ts";

/** `POST https://auth.calendly.com/oauth/token`: Basic or body credentials, form or JSON. */
export function tokenEndpoint(calendly: Calendly): (call: Call) => Answer {
  return (call) => {
    const fields = bodyFields(call);
    const type = fields.get("grant_type");
    if (type === null) throw missingParameter("grant_type");
    if (type !== "authorization_code" && type !== "refresh_token") throw oauthRefusal("unsupported_grant_type");
    if (!isClient(calendly, basic(call) ?? inBody(fields))) throw oauthRefusal("invalid_client");
    return type === "authorization_code" ? redeem(calendly, fields) : refresh(calendly, fields);
  };
}

export function isClient({ app }: Calendly, credentials: Credentials | undefined): boolean {
  return credentials?.id === app.clientId && credentials.secret === app.clientSecret;
}

export function required(fields: URLSearchParams, name: string): string {
  const value = fields.get(name);
  if (value === null || value === "") throw missingParameter(name);
  return value;
}

function redeem(calendly: Calendly, fields: URLSearchParams): Answer {
  const { grants } = calendly;
  const code = grants.code(required(fields, "code"));
  const redirectUri = required(fields, "redirect_uri");
  if (!code || !grants.isFresh(code) || code.ask.redirectUri !== redirectUri || !verifies(code, fields))
    throw oauthRefusal("invalid_grant");
  limit(calendly, code.person);
  code.grant = grants.open({ ...code.ask, person: code.person });
  return answer(calendly, tokenSet(calendly, code.grant));
}

/** Doorkeeper refuses a verifier for a code that was issued without a challenge, as well as a wrong or absent one. */
function verifies({ ask }: Code, fields: URLSearchParams): boolean {
  const verifier = fields.get("code_verifier");
  if (ask.challenge === undefined || verifier === null) return ask.challenge === undefined && verifier === null;
  return answers(ask.challenge, verifier);
}

/** Strict single use since 31 Aug 2026: the old pair is one row, and dead at once. */
function refresh(calendly: Calendly, fields: URLSearchParams): Answer {
  const { grants } = calendly;
  const token = grants.used(required(fields, "refresh_token"));
  if (token?.kind !== "refresh" || !grants.isLive(token)) throw oauthRefusal("invalid_grant");
  limit(calendly, token.grant.person);
  for (const old of grants.tokensOf(token.grant)) old.revoked = true;
  return answer(calendly, tokenSet(calendly, token.grant, token));
}

export function tokenSet(calendly: Calendly, grant: Grant, used?: Token) {
  const { grants, people, clock, switches } = calendly;
  const person = people.behind(grant);
  const created = Math.floor(clock.now() / 1000);
  const life = lifetimes(switches.current(), { access: hours(2), refresh: Infinity });
  const lasts = life.access / 1000;
  const replaces = used && { replaces: used };
  const claims = { iss: "https://auth.calendly.com", iat: created, exp: created + lasts, jti: opaque(16) };
  const value = jwt({ ...claims, user_uuid: person.uuid, app_uid: grant.clientId, scope: grant.scopes.join(" ") });
  const access = grants.issue(grant, { kind: "access", value, lifetime: life.access, ...replaces });
  const refresh = grants.issue(grant, { kind: "refresh", value: opaque(32), lifetime: life.refresh, ...replaces });
  return {
    token_type: "Bearer",
    access_token: access.value,
    refresh_token: refresh.value,
    scope: grant.scopes.join(" "),
    created_at: created,
    expires_in: lasts,
    owner: userUri(person),
    organization: organizationUri(person),
  };
}

const answer = ({ switches }: Calendly, set: object): Answer => buildTokenAnswer({ set, switches: switches.current() });

/** At most 8 tokens per user and minute, where the switch is on. */
function limit({ grants, switches, clock }: Calendly, person: string): void {
  if (!switches.current().tokenRateLimit) return;
  const since = clock.now() - minutes(1);
  const recent = grants.issued(person).filter((token: Token) => token.kind === "access" && token.issuedAt > since);
  if (recent.length < 8) return;
  const oldest = Math.min(...recent.map(({ issuedAt }) => issuedAt));
  const reset = Math.max(1, Math.ceil((oldest - since) / seconds(1)));
  throw new Refusal(
    json(
      429,
      { title: "Too Many Requests", message: "You have exceeded the number of tokens for this user. Try again later." },
      { ...uncached, "x-ratelimit-limit": "8", "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) },
    ),
  );
}
