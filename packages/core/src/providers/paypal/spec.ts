import { z } from "zod";
import { ConnectError } from "../../errors.ts";
import { parseJsonAs, assertNotTransient, unrecognizedResponseError, type HttpResponse } from "../../http/index.ts";
import {
  callProvider,
  clientSecretBasic,
  type Access,
  type OAuthClient,
  type OAuthSpec,
  type TokenError,
} from "../../oauth/index.ts";
import type { Account, Revocation } from "../../provider.ts";
import { optionalFlag, optionalText } from "../fields.ts";
import { paypalWebhooks } from "./webhooks.ts";

const email = z.object({ value: optionalText, primary: optionalFlag });

// Absent, null or empty: the attribute was not shared.
const userinfo = z.object({
  name: optionalText,
  payer_id: z.string().nullish(),
  emails: z.array(email.nullable().catch(null)).nullish().catch(undefined),
});

const scopes = ["openid", "email", "profile", "https://uri.paypal.com/services/paypalattributes"];

/** Log in with PayPal: https://developer.paypal.com/docs/log-in-with-paypal/integrate/ */
export const paypalSpec: OAuthSpec = {
  id: "paypal",
  name: "PayPal",
  description: "Share your PayPal e-mail address and account ID, so that payments can reach you.",
  grants: "many",
  issuers: (client) => [browserHost(client)],
  endpoints: (client) => ({
    authorize: `${browserHost(client)}/signin/authorize`,
    token: `${apiHost(client)}/v1/oauth2/token`,
  }),
  authorization: { flowEntry: "static", response_type: "code", scope: scopes.join(" ") },
  authenticate: clientSecretBasic,
  api: (client) => ({ baseUrl: apiHost(client) }),
  refresh: "kept",
  accessSeconds: 28_800,
  isGrantDead,
  // No `missingScopes`: which attributes the user shares is in the answer about the user, and not in the scopes.
  identify: identifyPayPalUser,
  revoke: revokePayPalToken,
  manageUrl: buildManageUrl,
  webhooks: paypalWebhooks,
};

function browserHost(client: OAuthClient): string {
  return client.mode === "live" ? "https://www.paypal.com" : "https://www.sandbox.paypal.com";
}

function apiHost(client: OAuthClient): string {
  return client.mode === "live" ? "https://api-m.paypal.com" : "https://api-m.sandbox.paypal.com";
}

/** PayPal has several words for a dead code or refresh token, `invalid_grant` the rarest of them. */
function isGrantDead({ error, description }: TokenError): boolean {
  if (error === "invalid_request") return /unable to refresh access token|invalid auth code/i.test(description);
  return error === "invalid_grant" || error === "access_denied" || error === "invalid_refresh_token";
}

async function identifyPayPalUser(access: Access): Promise<Account> {
  const person = await callProvider(access, {
    url: `${apiHost(access.client)}/v1/identity/oauth2/userinfo?schema=paypalv1.1`,
    headers: { "content-type": "application/json" },
    schema: userinfo,
    endpoint: "PayPal's userinfo",
    lacksScope: (answer) => answer.status === 403 && parseJsonAs(answer, refused) !== undefined,
  });
  if (!person.payer_id) throw new ConnectError("scope_missing", "PayPal did not share the account ID");
  const emails = (person.emails ?? []).filter((candidate) => candidate?.value);
  const email = (emails.find((candidate) => candidate?.primary) ?? emails[0])?.value;
  return {
    id: person.payer_id,
    label: email || person.name || person.payer_id,
    ...(email ? { email } : {}),
    details: { merchantId: person.payer_id, ...(person.name ? { name: person.name } : {}) },
  };
}

function buildManageUrl(client: OAuthClient): string {
  return `${browserHost(client)}/myaccount/settings`;
}

/** The two shapes of PayPal's errors: OAuth's, and its REST API's. */
const refused = z.union([
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ name: z.string(), message: z.string() }).transform(({ name }) => name),
]);

/**
 * Ends the tokens as far as PayPal lets us. The consent itself has no API: the user finds it
 * in the settings, under "Data & privacy".
 */
async function revokePayPalToken({ http, client, credentials }: Access): Promise<Revocation> {
  const tokens = [
    ["REFRESH_TOKEN", credentials.refreshToken],
    ["ACCESS_TOKEN", credentials.accessToken],
  ] as const;
  for (const [hint, token] of tokens) {
    if (token === undefined) continue;
    const form = new URLSearchParams({ token, token_type_hint: hint });
    const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
    clientSecretBasic(client, form, headers);
    const answer = await http.send(`${apiHost(client)}/v1/oauth2/token/terminate`, {
      method: "POST",
      headers,
      body: form.toString(),
    });
    assertTerminated(answer);
  }
  return { outcome: "unsupported", manageUrl: buildManageUrl(client) };
}

const deadToken = new Set(["invalid_token", "invalid_grant", "invalid_refresh_token"]);

/** PayPal says nothing of a token that it has ended, and names one that was dead before. */
function assertTerminated(answer: HttpResponse): void {
  const what = "PayPal's terminate";
  assertNotTransient(answer, what);
  if (answer.status === 200 && ["", "{}"].includes(answer.text.trim())) return;
  const error = parseJsonAs(answer, refused);
  if (error !== undefined && deadToken.has(error)) return;
  if (error === "invalid_client") throw new ConnectError("provider_misconfigured", `${what} refuses our client`);
  throw unrecognizedResponseError(answer, what);
}
