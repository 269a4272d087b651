import { bearer } from "../../client.ts";
import type { Grant } from "../../grants.ts";
import { hex } from "../../mint.ts";
import { mergePatch } from "../../patch.ts";
import { type Answer, type Call, json, Refusal } from "../../wire.ts";
import { attributesScope, environmentOf, type Paypal } from "./paypal.ts";
import type { PaypalPerson } from "./people.ts";
import { debugId, restRefusal } from "./refusals.ts";

type Claims = (person: PaypalPerson, scopes: readonly string[]) => Record<string, unknown>;

/** `/v1/identity/oauth2/userinfo?schema=paypalv1.1`, by GET or by POST: an attribute whose scope is missing is left out. */
export const userinfo = (paypal: Paypal) => endpoint(paypal, "paypalv1.1", currentClaims);

/** `/v1/identity/openidconnect/userinfo?schema=openid`, by GET or by POST: the older, flat one. */
export const legacyUserinfo = (paypal: Paypal) => endpoint(paypal, "openid", legacyClaims);

function endpoint(paypal: Paypal, schema: string, claims: Claims): (call: Call) => Answer {
  return (call) => {
    const grant = authenticated(paypal, call);
    if ((call.form.get("schema") ?? call.query.get("schema")) !== schema)
      throw restRefusal(400, "VALIDATION_ERROR", "Invalid request - see details: the parameter schema is required.");
    const person = paypal.people.behind(grant);
    return json(200, mergePatch(claims(person, grant.scopes), person.answer), debugId());
  };
}

function authenticated({ grants }: Paypal, call: Call): Grant {
  // A form may carry the token as well (RFC 6750 §2.2).
  const token = grants.used(bearer(call) ?? call.form.get("access_token") ?? "");
  const isOurs = token?.kind === "access" && token.grant.realm === environmentOf(call.host);
  if (!isOurs || !grants.isLive(token)) throw invalidToken();
  return token.grant;
}

function invalidToken(): Refusal {
  const id = hex(7);
  const challenge = `Bearer error="invalid_token", error_description="Invalid Access Token", correlation_id="${id}", realm="UserInfoService"`;
  const body = { error: "invalid_token", error_description: "Invalid Access Token", correlation_id: id };
  return new Refusal(json(401, body, { "www-authenticate": challenge, "paypal-debug-id": id }));
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
    ...(scopes.includes("profile") && names(person)),
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

function names({ name }: PaypalPerson): Record<string, string> {
  const [given = "", ...family] = name.split(" ");
  return { name, given_name: given, family_name: family.join(" ") };
}

function legacyClaims(person: PaypalPerson, scopes: readonly string[]): Record<string, unknown> {
  return {
    user_id: subject(person),
    ...(scopes.includes("profile") && names(person)),
    ...(scopes.includes("email") && { email: person.email, email_verified: String(person.verified) }),
    ...(scopes.includes("address") && { address: person.address }),
    ...(scopes.includes(attributesScope) && { account_type: person.account_type, verified: String(person.verified) }),
  };
}
