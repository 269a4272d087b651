import { clientSecretBasic, revokeToken, type Access } from "../../oauth/index.ts";
import type { Revocation } from "../../provider.ts";
import { apiHost, buildManageUrl } from "./hosts.ts";

/**
 * Ends the tokens as far as PayPal lets us. The consent itself has no API: the user finds it
 * in the settings, under "Data & privacy".
 */
export async function revokePayPalTokens(access: Access): Promise<Revocation> {
  const { refreshToken, accessToken } = access.credentials;
  if (refreshToken !== undefined) await terminate(access, { token: refreshToken, token_type_hint: "REFRESH_TOKEN" });
  if (accessToken !== undefined) await terminate(access, { token: accessToken, token_type_hint: "ACCESS_TOKEN" });
  return { outcome: "unsupported", manageUrl: buildManageUrl(access.client) };
}

const deadToken = new Set(["invalid_token", "invalid_grant", "invalid_refresh_token"]);

async function terminate(access: Access, fields: Readonly<Record<string, string>>): Promise<void> {
  await revokeToken(access, {
    url: `${apiHost(access.client)}/v1/oauth2/token/terminate`,
    fields,
    authenticate: clientSecretBasic,
    endpoint: "PayPal's terminate",
    isRevoked: ({ text }) => ["", "{}"].includes(text.trim()),
    isDead: ({ error }) => deadToken.has(error),
  });
}
