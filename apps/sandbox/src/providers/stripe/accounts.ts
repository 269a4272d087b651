import type { Grant } from "../../grants.ts";
import { mergePatch } from "../../patch.ts";
import { type Answer, type Call, json, type Refusal } from "../../wire.ts";
import { headerKey } from "./keys.ts";
import type { StripePerson } from "./people.ts";
import { apiRefusal, invalidKey, masked, requestId } from "./refusals.ts";
import { connection, modes, type Stripe } from "./stripe.ts";

/** `GET /v1/accounts/:id` and `GET /v1/account` with `Stripe-Account`, both with the platform's key. */
export function accountEndpoint(stripe: Stripe): (call: Call, params: Readonly<Record<string, string>>) => Answer {
  return (call, params) => {
    const key = headerKey(call) ?? "";
    const wanted = params["account"] ?? call.header("stripe-account");
    const account = wanted ?? ownAccount(stripe, key);
    const grant = reachable(stripe, key, account);
    if (grant === undefined) throw noAccess(key, account);
    const person = stripe.people.behind(grant);
    const version = call.header("stripe-version") ?? "2026-10-28.endive";
    return json(200, mergePatch(accountObject(person), person.answer), { ...requestId(), "stripe-version": version });
  };
}

/** The connection by which a key reaches an account: the platform's, or that of the token itself. */
function reachable(stripe: Stripe, key: string, account: string): Grant | undefined {
  const mode = modes.find(({ secretKey }) => secretKey === key);
  if (mode) return connection(stripe, account, mode);
  const grant = tokenGrant(stripe, key);
  if (grant === undefined) throw unknownKey(key);
  return stripe.people.behind(grant).account === account ? grant : undefined;
}

function ownAccount(stripe: Stripe, key: string): string {
  const grant = tokenGrant(stripe, key);
  return grant ? stripe.people.behind(grant).account : "acct_platform_sandbox";
}

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

export function accountObject(person: StripePerson): Record<string, unknown> {
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
