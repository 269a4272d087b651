import { z } from "zod";
import { ConnectError } from "../../errors.ts";
import type { ProviderHttp } from "../../http/index.ts";
import { secretAsBearer, type OAuthClient, type OAuthSpec, type TokenResponse } from "../../oauth/index.ts";
import type { CredentialPayload, Credentials } from "../../provider.ts";
import { optionalFlag } from "../fields.ts";
import { identifyStripeAccount } from "./identify.ts";
import { platformOf } from "./platform.ts";
import { deauthorizeStripeAccount } from "./revoke.ts";
import { stripeScopes } from "./scopes.ts";
import { stripeWebhooks } from "./webhooks.ts";

/**
 * Stripe Connect for Standard accounts: https://docs.stripe.com/connect/oauth-reference
 * What opens the account is its id together with the platform's key. The tokens of the answer are full secret keys of
 * the merchant, deprecated, and not kept.
 */
export const stripeSpec: OAuthSpec = {
  id: "stripe",
  name: "Stripe",
  grants: "one per account",
  issuers: ["https://connect.stripe.com"],
  endpoints: {
    authorize: "https://connect.stripe.com/oauth/authorize",
    token: "https://connect.stripe.com/oauth/token",
  },
  scopes: stripeScopes,
  authorization: { response_type: "code" },
  authenticate: secretAsBearer,
  exchange: (code) => ({ grant_type: "authorization_code", code }),
  api: { baseUrl: "https://api.stripe.com" },
  refresh: "none",
  buildCredentials,
  identify: identifyStripeAccount,
  revoke: deauthorizeStripeAccount,
  probe: identifyStripeAccount,
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
