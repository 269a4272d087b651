import { z } from "zod";
import type { IdentifiedAccount } from "../../account.ts";
import { ConnectError } from "../../errors.ts";
import { parseJsonAs } from "../../http/index.ts";
import { callProvider, clientSecretBasic, type Access, type OAuthSpec, type TokenError } from "../../oauth/index.ts";
import { optionalFlag, optionalText } from "../fields.ts";
import { apiHost, browserHost, buildManageUrl } from "./hosts.ts";
import { revokePayPalTokens } from "./revoke.ts";
import { paypalScopes } from "./scopes.ts";
import { paypalWebhooks } from "./webhooks.ts";

const email = z.object({ value: optionalText, primary: optionalFlag });

// Absent, null or empty: the attribute was not shared.
const userinfo = z.object({
  name: optionalText,
  payer_id: z.string().nullish(),
  emails: z.array(email.nullable().catch(null)).nullish().catch(undefined),
});

/** Log in with PayPal: https://developer.paypal.com/docs/log-in-with-paypal/integrate/ */
export const paypalSpec: OAuthSpec = {
  id: "paypal",
  name: "PayPal",
  grants: "many",
  issuers: (client) => [browserHost(client)],
  endpoints: (client) => ({
    authorize: `${browserHost(client)}/signin/authorize`,
    token: `${apiHost(client)}/v1/oauth2/token`,
  }),
  scopes: paypalScopes,
  authorization: { flowEntry: "static", response_type: "code" },
  authenticate: clientSecretBasic,
  api: (client) => ({ baseUrl: apiHost(client) }),
  refresh: "kept",
  accessSeconds: 28_800,
  isGrantDead,
  identify: identifyPayPalUser,
  revoke: revokePayPalTokens,
  manageUrl: buildManageUrl,
  webhooks: paypalWebhooks,
};

/** PayPal has several words for a dead code or refresh token, `invalid_grant` the rarest of them. */
function isGrantDead({ error, description }: TokenError): boolean {
  if (error === "invalid_request") return /unable to refresh access token|invalid auth code/i.test(description);
  return error === "invalid_grant" || error === "access_denied" || error === "invalid_refresh_token";
}

async function identifyPayPalUser(access: Access): Promise<IdentifiedAccount> {
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
  const { payer_id: merchantId, name } = person;
  return { id: merchantId, label: email || name, email, details: { merchantId, name } };
}

/** The two shapes of PayPal's errors: OAuth's, and its REST API's. */
const refused = z.union([z.object({ error: z.string() }), z.object({ name: z.string(), message: z.string() })]);
