import { z } from "zod";
import type { IdentifiedAccount } from "../../account.ts";
import { ConnectError } from "../../errors.ts";
import { parseJsonAs, parseJsonBody, type HttpResponse } from "../../http/index.ts";
import type { Access } from "../../oauth/index.ts";
import { optionalText } from "../fields.ts";
import { apiError, assertOurKey, callStripe } from "./platform.ts";

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

/** Asks Stripe for the account that the token answer named. */
export async function identifyStripeAccount(access: Access): Promise<IdentifiedAccount> {
  const id = access.credentials.metadata["account"];
  if (id === undefined) throw new ConnectError("outcome_unknown", "Stripe's token answer named no account");
  const answer = await callStripe(access.http, access.client, `accounts/${encodeURIComponent(id)}`);
  if (answer.status === 403) throw await explainRefusal(access, answer);
  const account = parseJsonBody(answer, stripeAccount, "Stripe's accounts");
  if (account.id !== id) throw new ConnectError("provider_misbehaved", "Stripe answered with another account");
  const { type: accountType, email, country, business_profile: business, settings } = account;
  const label = business?.name || settings?.dashboard?.display_name;
  return { id, label, email, details: { stripeAccountId: id, accountType, country } };
}

/** Said of an account that took the access back, and of one that this key never reached. Any other 403 is about the key. */
async function explainRefusal(access: Access, answer: HttpResponse): Promise<ConnectError> {
  if (parseJsonAs(answer, apiError)?.error.code !== "account_invalid") {
    return new ConnectError("provider_misconfigured", "Stripe's key lacks a permission");
  }
  await assertOurKey(access);
  return new ConnectError("grant_rejected", "Stripe took the access back");
}
