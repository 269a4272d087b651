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
import type { Access, OAuthClient } from "../../oauth/index.ts";

const apiVersion = "2026-10-28.endive";

/** Asks Stripe's API with the platform's key. Gives its answer, or its refusal unless that is about the key. */
export async function callStripe(http: ProviderHttp, client: OAuthClient, path: string): Promise<HttpResponse> {
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
export const apiError = z.object({ error: z.object({ code: z.string().nullish() }) });

const named = z.object({ id: z.string() });

/** The platform's own account. Undefined: a restricted key may not read it. */
async function ownAccount(http: ProviderHttp, client: OAuthClient): Promise<string | undefined> {
  const answer = await callStripe(http, client, "account");
  return answer.status === 403 ? undefined : parseJsonBody(answer, named, "Stripe's account").id;
}

const platforms = new WeakMap<OAuthClient, string>();

/** The platform's own account, asked for once: another key is another configuration. */
export async function platformOf(http: ProviderHttp, client: OAuthClient): Promise<string | undefined> {
  const platform = platforms.get(client) ?? (await ownAccount(http, client));
  if (platform !== undefined) platforms.set(client, platform);
  return platform;
}

/** Before Stripe is believed that an account is gone: `provider_misconfigured` unless the key is the one it was connected with. */
export async function assertOurKey({ http, client, credentials }: Access): Promise<void> {
  const own = await ownAccount(http, client);
  const { platform = own, mode = client.mode } = credentials.metadata;
  if (own !== undefined && own === platform && mode === client.mode) return;
  throw new ConnectError("provider_misconfigured", "Stripe's key cannot tell whether the account is still connected");
}
