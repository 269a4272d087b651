import { z } from "zod";
import { ConnectError } from "../../errors.ts";
import { parseJsonAs, assertNotTransient, unrecognizedResponseError } from "../../http/index.ts";
import { secretAsBearer, sendForm, type Access } from "../../oauth/index.ts";
import type { Revocation } from "../../provider.ts";
import { optionalText } from "../fields.ts";
import { assertOurKey } from "./platform.ts";

const deauthorized = z.object({ stripe_user_id: z.string() });
const refused = z.object({ error: z.string(), error_description: optionalText });

/** Ends our access to the account. */
export async function deauthorizeStripeAccount(access: Access): Promise<Revocation> {
  const account = access.credentials.metadata["account"] ?? "";
  const answer = await sendForm(access, {
    url: "https://connect.stripe.com/oauth/deauthorize",
    fields: { client_id: access.client.id, stripe_user_id: account },
    authenticate: secretAsBearer,
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
