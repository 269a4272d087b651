import { z } from "zod";
import { ConnectError } from "../../errors.ts";
import {
  parseJsonAs,
  parseJsonBody,
  assertNotTransient,
  unrecognizedResponseError,
  type HttpResponse,
  type ProviderHttp,
} from "../../http/index.ts";
import {
  secretAsBearer,
  type Access,
  type OAuthClient,
  type OAuthSpec,
  type TokenResponse,
} from "../../oauth/index.ts";
import type { Account, CredentialPayload, Credentials, Revocation } from "../../provider.ts";
import { optionalFlag, optionalText } from "../fields.ts";
import { stripeWebhooks } from "./webhooks.ts";

const apiVersion = "2026-10-28.endive";

/**
 * Stripe Connect for Standard accounts: https://docs.stripe.com/connect/oauth-reference
 * What opens the account is its id together with the platform's key. The tokens of the answer are full secret keys of
 * the merchant, deprecated, and not kept.
 */
export const stripeSpec: OAuthSpec = {
  id: "stripe",
  name: "Stripe",
  description: "Link your Stripe account, so that payments can be taken for you.",
  grants: "one per account",
  issuers: ["https://connect.stripe.com"],
  endpoints: {
    authorize: "https://connect.stripe.com/oauth/authorize",
    token: "https://connect.stripe.com/oauth/token",
  },
  // Left out, the scope would be read_only, which a platform may not use.
  authorization: { response_type: "code", scope: "read_write" },
  authenticate: secretAsBearer,
  exchange: (code) => ({ grant_type: "authorization_code", code }),
  api: { baseUrl: "https://api.stripe.com" },
  refresh: "none",
  buildCredentials,
  missingScopes: (granted) => (granted.includes("read_write") ? [] : ["read_write"]),
  identify: identifyStripeAccount,
  revoke: deauthorizeStripeAccount,
  probe: probeStripeAccount,
  buildPayload: buildStripePayload,
  // Of live and test accounts alike.
  manageUrl: "https://dashboard.stripe.com/account/applications",
  webhooks: stripeWebhooks,
};

const tokens = z.object({ stripe_user_id: z.string().regex(/^acct_\w{1,100}$/), livemode: optionalFlag });

/** The platform and the mode are kept too: with another key, every account looks as if it had been taken away. */
async function buildCredentials(answer: TokenResponse, client: OAuthClient, http: ProviderHttp): Promise<Credentials> {
  const parsed = tokens.safeParse(answer);
  if (!parsed.success) throw new ConnectError("provider_misbehaved", "Stripe's token answer names no account");
  const { stripe_user_id: account, livemode } = parsed.data;
  // Where the answer does not say it, `identifyStripeAccount` finds out: an account of the other mode is unknown to our key.
  if (typeof livemode === "boolean" && livemode !== (client.mode === "live")) {
    throw new ConnectError("provider_misconfigured", "Stripe's answer is of the other mode than our key");
  }
  const platform = await platformOf(http, client);
  return { metadata: { account, mode: client.mode, ...(platform && { platform }) } };
}

async function callStripe(http: ProviderHttp, client: OAuthClient, path: string): Promise<HttpResponse> {
  const answer = await http.send(`https://api.stripe.com/v1/${path}`, {
    headers: { authorization: `Bearer ${client.secret}`, "stripe-version": apiVersion },
  });
  assertNotTransient(answer, "Stripe's accounts");
  if (answer.status === 401 && parseJsonAs(answer, apiError))
    throw new ConnectError("provider_misconfigured", "Stripe refuses the platform's key");
  if (answer.status !== 200 && parseJsonAs(answer, apiError) === undefined)
    throw unrecognizedResponseError(answer, "Stripe's accounts");
  return answer;
}

/** Every refusal of the API has this shape. */
const apiError = z.object({ error: z.object({ code: z.string().nullish() }) });

const named = z.object({ id: z.string() });

/** The platform's own account. Undefined: a restricted key may not read it. */
async function ownAccount(http: ProviderHttp, client: OAuthClient): Promise<string | undefined> {
  const answer = await callStripe(http, client, "account");
  return answer.status === 403 ? undefined : parseJsonBody(answer, named, "Stripe's account").id;
}

const platforms = new WeakMap<OAuthClient, string>();

/** The same, asked for once: another key is another configuration. */
async function platformOf(http: ProviderHttp, client: OAuthClient): Promise<string | undefined> {
  const platform = platforms.get(client) ?? (await ownAccount(http, client));
  if (platform !== undefined) platforms.set(client, platform);
  return platform;
}

/** Before Stripe is believed that an account is gone: `provider_misconfigured` unless the key is the one it was connected with. */
async function assertOurKey({ http, client, credentials }: Access): Promise<void> {
  const own = await ownAccount(http, client);
  const { platform = own, mode = client.mode } = credentials.metadata;
  if (own !== undefined && own === platform && mode === client.mode) return;
  throw new ConnectError("provider_misconfigured", "Stripe's key cannot tell whether the account is still connected");
}

const stripeAccount = z.object({
  id: z.string(),
  type: optionalText,
  email: optionalText,
  country: optionalText,
  business_profile: z.object({ name: optionalText }).nullish().catch(undefined),
  settings: z
    .object({ dashboard: z.object({ display_name: optionalText }).nullish() })
    .nullish()
    .catch(undefined),
});

function buildStripePayload(
  { metadata: { account = "" } }: Credentials,
  client: OAuthClient,
  baseUrl: string,
): CredentialPayload {
  return {
    type: "stripe_account",
    stripeAccountId: account,
    livemode: client.mode === "live",
    api: { baseUrl, headers: { "Stripe-Account": account } },
  };
}

async function probeStripeAccount(access: Access): Promise<void> {
  await identifyStripeAccount(access);
}

async function identifyStripeAccount(access: Access): Promise<Account> {
  const id = access.credentials.metadata["account"];
  if (id === undefined) throw new ConnectError("outcome_unknown", "Stripe's token answer named no account");
  const answer = await callStripe(access.http, access.client, `accounts/${encodeURIComponent(id)}`);
  if (answer.status === 403) throw await explainRefusal(access, answer);
  const account = parseJsonBody(answer, stripeAccount, "Stripe's accounts");
  if (account.id !== id) throw new ConnectError("provider_misbehaved", "Stripe answered with another account");
  const name = account.business_profile?.name || account.settings?.dashboard?.display_name;
  return {
    id,
    label: name || account.email || id,
    ...(account.email ? { email: account.email } : {}),
    details: {
      stripeAccountId: id,
      ...(account.type ? { accountType: account.type } : {}),
      ...(account.country ? { country: account.country } : {}),
    },
  };
}

/** Said of an account that took the access back, and of one that this key never reached. Any other 403 is about the key. */
async function explainRefusal(access: Access, answer: HttpResponse): Promise<ConnectError> {
  if (parseJsonAs(answer, apiError)?.error.code !== "account_invalid") {
    return new ConnectError("provider_misconfigured", "Stripe's key lacks a permission");
  }
  await assertOurKey(access);
  return new ConnectError("grant_rejected", "Stripe took the access back");
}

const deauthorized = z.object({ stripe_user_id: z.string() });
const refused = z.object({ error: z.string(), error_description: optionalText });

async function deauthorizeStripeAccount(access: Access): Promise<Revocation> {
  const { http, client, credentials } = access;
  const account = credentials.metadata["account"] ?? "";
  const answer = await http.send("https://connect.stripe.com/oauth/deauthorize", {
    method: "POST",
    headers: { authorization: `Bearer ${client.secret}`, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ client_id: client.id, stripe_user_id: account }).toString(),
  });
  assertNotTransient(answer, "Stripe's deauthorize");
  if (answer.status === 200 && parseJsonAs(answer, deauthorized)?.stripe_user_id === account) {
    return { outcome: "revoked" };
  }
  const { error, error_description: description } = parseJsonAs(answer, refused) ?? {};
  if (error === undefined) throw unrecognizedResponseError(answer, "Stripe's deauthorize");
  if (!saysNotConnected(description))
    throw new ConnectError("provider_misconfigured", `Stripe's deauthorize answered ${answer.status}`);
  await assertOurKey(access);
  return { outcome: "revoked" };
}

/**
 * `invalid_client` stands for "not connected" and for a wrong key or client id alike. Only the sentence tells, and what
 * is not clearly the first must not pass for a revocation.
 */
function saysNotConnected(description: string | null | undefined): boolean {
  return /is not connected to stripe account/i.test(description ?? "");
}
