import type { Grant } from "../../grants.ts";
import { appName } from "../../face.ts";
import { mergePatch } from "../../patch.ts";
import { type Answer, type Call, json, type Refusal } from "../../wire.ts";
import { headerKey } from "./keys.ts";
import type { StripePerson } from "./people.ts";
import { apiRefusal, invalidKey, masked, requestId } from "./refusals.ts";
import { connection, modeByKey, restrictedKey, type Stripe } from "./stripe.ts";

/** `GET /v1/accounts/:id` and `GET /v1/account` with `Stripe-Account`; without it, the account whose key it is. */
export function accountEndpoint(stripe: Stripe): (call: Call, params: Readonly<Record<string, string>>) => Answer {
  return (call, params) => {
    const key = headerKey(call) ?? "";
    if (key === restrictedKey) throw notPermitted(key);
    const version = call.header("stripe-version") ?? "2026-10-28.endive";
    const found = reached(stripe, key, params["account"] ?? call.header("stripe-account"));
    return json(200, found, { ...requestId(), "stripe-version": version });
  };
}

function reached(stripe: Stripe, key: string, wanted: string | undefined): Record<string, unknown> {
  const mode = modeByKey(key);
  const own = mode?.account ?? tokenAccount(stripe, key);
  const account = wanted ?? own;
  if (mode && account === own) return accountObject(platform(account));
  const grant = mode ? connection(stripe, account, mode) : tokenGrant(stripe, key);
  if (grant === undefined || (!mode && account !== own)) throw noAccess(key, account);
  const person = stripe.people.behind(grant);
  return mergePatch(accountObject(person), person.answer);
}

function tokenAccount(stripe: Stripe, key: string): string {
  const grant = tokenGrant(stripe, key);
  if (grant === undefined) throw unknownKey(key);
  return stripe.people.behind(grant).account;
}

const platform = (account: string): Holder => ({
  account,
  name: appName,
  country: "DE",
  default_currency: "eur",
});

function tokenGrant({ grants }: Stripe, key: string): Grant | undefined {
  const token = grants.used(key);
  return token?.kind === "access" && grants.isLive(token) ? token.grant : undefined;
}

function unknownKey(key: string): Refusal {
  if (key !== "") return apiRefusal(401, { message: invalidKey(key) });
  return apiRefusal(401, {
    message:
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
  });
}

function noAccess(key: string, account: string): Refusal {
  return apiRefusal(403, {
    code: "account_invalid",
    message: `The provided key '${masked(key)}' does not have access to account '${account}' (or that account does not exist). Application access may have been revoked.`,
    doc_url: "https://stripe.com/docs/error-codes/account-invalid",
  });
}

function notPermitted(key: string): Refusal {
  return apiRefusal(403, {
    code: "more_permissions_required",
    message: `The provided key '${masked(key)}' does not have the required permissions for this endpoint. Having more permissions would allow this request to continue.`,
  });
}

type Holder = Pick<StripePerson, "account" | "email" | "business_name" | "country" | "default_currency" | "name">;

export function accountObject(person: Holder): Record<string, unknown> {
  const { account, email, business_name, country, default_currency, name } = person;
  return {
    id: account,
    object: "account",
    business_profile: { mcc: null, name: business_name ?? null, support_email: null, url: null },
    business_type: "individual",
    capabilities: { card_payments: "active", transfers: "active" },
    charges_enabled: true,
    controller: { type: "account", is_controller: false, stripe_dashboard: { type: "full" } },
    country,
    created: 1_763_000_000,
    default_currency,
    details_submitted: true,
    email: email ?? null,
    metadata: {},
    payouts_enabled: true,
    requirements: { currently_due: [], disabled_reason: null, past_due: [] },
    settings: { dashboard: { display_name: business_name ?? name, timezone: "Etc/UTC" } },
    type: "standard",
  };
}
