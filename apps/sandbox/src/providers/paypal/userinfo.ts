import { parseBearerToken } from "../../oauth/client-credentials.ts";
import type { Grant } from "../../oauth/grant.ts";
import { randomHex } from "../../random.ts";
import { mergePatch } from "../../patch.ts";
import { type ProviderResponse, type ProviderRequest, jsonResponse, Refusal } from "../../http/messages.ts";
import { attributesScope, getEnvironment, type PaypalState } from "./paypal.ts";
import type { PaypalPerson } from "./people.ts";
import { debugId, restRefusal } from "./refusals.ts";

type Claims = (person: PaypalPerson, scopes: readonly string[]) => Record<string, unknown>;

/** `/v1/identity/oauth2/userinfo?schema=paypalv1.1`, by GET or by POST. An attribute whose scope is missing is left out. */
export const userinfo = (paypal: PaypalState) => createUserinfoEndpoint(paypal, "paypalv1.1", currentClaims);

/** `/v1/identity/openidconnect/userinfo?schema=openid`, by GET or by POST: the older, flat form. */
export const legacyUserinfo = (paypal: PaypalState) => createUserinfoEndpoint(paypal, "openid", legacyClaims);

function createUserinfoEndpoint(
  paypal: PaypalState,
  schema: string,
  claims: Claims,
): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    const grant = requireGrant(paypal, request);
    if ((request.form.get("schema") ?? request.query.get("schema")) !== schema)
      throw restRefusal(400, "VALIDATION_ERROR", "Invalid request - see details: the parameter schema is required.");
    const person = paypal.people.getPerson(grant);
    return jsonResponse(200, mergePatch(claims(person, grant.scopes), person.answer), debugId());
  };
}

function requireGrant({ grants }: PaypalState, request: ProviderRequest): Grant {
  // A form may carry the token too (RFC 6750 §2.2).
  const token = grants.useToken(parseBearerToken(request) ?? request.form.get("access_token") ?? "");
  const isOurs = token?.kind === "access" && token.grant.realm === getEnvironment(request.host);
  if (!isOurs || !grants.isTokenUsable(token)) throw invalidToken();
  return token.grant;
}

function invalidToken(): Refusal {
  const id = randomHex(7);
  const challenge = `Bearer error="invalid_token", error_description="Invalid Access Token", correlation_id="${id}", realm="UserInfoService"`;
  const body = { error: "invalid_token", error_description: "Invalid Access Token", correlation_id: id };
  return new Refusal(jsonResponse(401, body, { "www-authenticate": challenge, "paypal-debug-id": id }));
}

function currentClaims(person: PaypalPerson, scopes: readonly string[]): Record<string, unknown> {
  const flag = (value: boolean) => (person.booleans_as_text ? String(value) : value);
  const emails = emailsOf(person).map(({ value, primary }) => ({
    value,
    primary: flag(primary),
    confirmed: flag(primary),
  }));
  return {
    user_id: subject(person),
    sub: subject(person),
    ...(scopes.includes("profile") && splitName(person)),
    ...(scopes.includes(attributesScope) && { payer_id: person.payer_id, verified_account: flag(person.verified) }),
    ...(scopes.includes(attributesScope) && person.business),
    ...(scopes.includes("address") && { address: person.address }),
    ...(scopes.includes("email") && emails.length > 0 && { emails }),
  };
}

const subject = ({ user_id }: PaypalPerson): string => `https://www.paypal.com/webapps/auth/identity/user/${user_id}`;

function emailsOf({ email, other_email }: PaypalPerson): { value: string; primary: boolean }[] {
  const others = other_email === undefined ? [] : [{ value: other_email, primary: false }];
  return email === undefined ? others : [...others, { value: email, primary: true }];
}

function splitName({ name }: PaypalPerson): Record<string, string> {
  const [given = "", ...family] = name.split(" ");
  return { name, given_name: given, family_name: family.join(" ") };
}

function legacyClaims(person: PaypalPerson, scopes: readonly string[]): Record<string, unknown> {
  return {
    user_id: subject(person),
    ...(scopes.includes("profile") && splitName(person)),
    ...(scopes.includes("email") && { email: person.email, email_verified: String(person.verified) }),
    ...(scopes.includes("address") && { address: person.address }),
    ...(scopes.includes(attributesScope) && { account_type: person.account_type, verified: String(person.verified) }),
  };
}
