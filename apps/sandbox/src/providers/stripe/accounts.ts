import type { Grant } from "../../oauth/grant.ts";
import { appName } from "../../provider.ts";
import { mergePatch } from "../../patch.ts";
import { type ProviderResponse, type ProviderRequest, jsonResponse, type Refusal } from "../../http/messages.ts";
import { readHeaderKey } from "./keys.ts";
import type { StripePerson } from "./people.ts";
import { apiRefusal, invalidKey, maskKey, requestId } from "./refusals.ts";
import { findGrant, modeByKey, restrictedKey, type StripeState } from "./stripe.ts";

/** `GET /v1/accounts/:id`, and `GET /v1/account` with `Stripe-Account`. Without that header it is the account of the key. */
export function createAccountEndpoint(
  stripe: StripeState,
): (request: ProviderRequest, params: Readonly<Record<string, string>>) => ProviderResponse {
  return (request, params) => {
    const key = readHeaderKey(request) ?? "";
    if (key === restrictedKey) throw notPermitted(key);
    const version = request.header("stripe-version") ?? "2026-10-28.endive";
    const found = getReachableAccount(stripe, key, params["account"] ?? request.header("stripe-account"));
    return jsonResponse(200, found, { ...requestId(), "stripe-version": version });
  };
}

function getReachableAccount(stripe: StripeState, key: string, wanted: string | undefined): Record<string, unknown> {
  const mode = modeByKey(key);
  const own = mode?.account ?? tokenAccount(stripe, key);
  const account = wanted ?? own;
  if (mode && account === own) return buildAccountObject(describePlatform(account));
  const grant = mode ? findGrant(stripe, account, mode) : tokenGrant(stripe, key);
  if (grant === undefined || (!mode && account !== own)) throw noAccess(key, account);
  const person = stripe.people.getPerson(grant);
  return mergePatch(buildAccountObject(person), person.answer);
}

function tokenAccount(stripe: StripeState, key: string): string {
  const grant = tokenGrant(stripe, key);
  if (grant === undefined) throw unknownKey(key);
  return stripe.people.getPerson(grant).account;
}

const describePlatform = (account: string): AccountHolder => ({
  account,
  name: appName,
  country: "DE",
  default_currency: "eur",
});

function tokenGrant({ grants }: StripeState, key: string): Grant | undefined {
  const token = grants.useToken(key);
  return token?.kind === "access" && grants.isTokenUsable(token) ? token.grant : undefined;
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
    message: `The provided key '${maskKey(key)}' does not have access to account '${account}' (or that account does not exist). Application access may have been revoked.`,
    doc_url: "https://stripe.com/docs/error-codes/account-invalid",
  });
}

function notPermitted(key: string): Refusal {
  return apiRefusal(403, {
    code: "more_permissions_required",
    message: `The provided key '${maskKey(key)}' does not have the required permissions for this endpoint. Having more permissions would allow this request to continue.`,
  });
}

type AccountHolder = Pick<
  StripePerson,
  "account" | "email" | "business_name" | "country" | "default_currency" | "name"
>;

/** Builds an account as Stripe's API describes it. */
export function buildAccountObject(person: AccountHolder): Record<string, unknown> {
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
