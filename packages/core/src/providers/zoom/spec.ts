import { z } from "zod";
import type { IdentifiedAccount } from "../../account.ts";
import { parseJsonAs, type HttpResponse } from "../../http/index.ts";
import {
  callProvider,
  clientSecretBasic,
  revokeToken,
  type Access,
  type OAuthSpec,
  type TokenResponse,
  type TokenError,
} from "../../oauth/index.ts";
import type { ProviderState, Revocation } from "../../provider.ts";
import { optionalText } from "../fields.ts";
import { zoomScopes } from "./scopes.ts";
import { zoomWebhooks } from "./webhooks.ts";

// Of the many fields only these are read: `host_key`, for one, is a secret that nobody here needs.
const user = z.object({
  id: z.string().min(1),
  account_id: optionalText,
  email: optionalText,
  display_name: optionalText,
  first_name: optionalText,
  last_name: optionalText,
});

/** Zoom's user-managed OAuth: https://developers.zoom.us/docs/integrations/oauth/ */
export const zoomSpec: OAuthSpec = {
  id: "zoom",
  name: "Zoom",
  grants: "one per account",
  issuers: ["https://zoom.us"],
  endpoints: { authorize: "https://zoom.us/oauth/authorize", token: "https://zoom.us/oauth/token" },
  scopes: zoomScopes,
  authorization: { response_type: "code" },
  pkce: true,
  authenticate: clientSecretBasic,
  api: (_client, { apiUrl = "https://api.zoom.us" }) => ({ baseUrl: `${apiUrl}/v2` }),
  refresh: "rotating",
  accessSeconds: 3_600,
  refreshSeconds: 90 * 86_400,
  isGrantDead: isTokenDead,
  readMetadata: readRegion,
  identify: identifyZoomUser,
  revoke: revokeZoomToken,
  revokesWithAccessToken: true,
  manageUrl: "https://marketplace.zoom.us/user/installed",
  webhooks: zoomWebhooks,
};

/** Where the account's region is, if its address is Zoom's own: back ends will send the token there. */
function readRegion({ api_url: address }: TokenResponse): ProviderState {
  const url = typeof address === "string" ? URL.parse(address) : null;
  return url && /^https:\/\/([a-z0-9-]+\.)*zoom\.us$/.test(url.origin) ? { apiUrl: url.origin } : {};
}

async function identifyZoomUser(access: Access): Promise<IdentifiedAccount> {
  const person = await callProvider(access, {
    url: "https://api.zoom.us/v2/users/me",
    schema: user,
    endpoint: "Zoom's users/me",
    lacksScope: (answer) => zoomCode(answer) === 4711,
    isDead: (answer) => answer.status === 401 && zoomCode(answer) === 124,
  });
  const { id, email, display_name, first_name, last_name, account_id: zoomAccountId } = person;
  const name = display_name || [first_name, last_name].filter(Boolean).join(" ");
  return { id, label: name, email, details: { name, zoomAccountId } };
}

/** Ends the app's authorization of the user. Documented for access tokens only. */
async function revokeZoomToken(access: Access): Promise<Revocation> {
  await revokeToken(access, {
    url: "https://zoom.us/oauth/revoke",
    fields: { token: access.credentials.accessToken ?? "" },
    authenticate: clientSecretBasic,
    endpoint: "Zoom's revoke",
    isRevoked: (answer) => parseJsonAs(answer, z.object({ status: z.literal("success") })) !== undefined,
    isDead: isTokenDead,
  });
  return { outcome: "revoked" };
}

/** Zoom's words for a token or a code that it no longer takes. */
function isTokenDead({ error, description }: TokenError): boolean {
  return (
    error === "invalid_grant" ||
    description === "Invalid Token!" ||
    description.startsWith("Invalid authorization code")
  );
}

function zoomCode(answer: HttpResponse): number | undefined {
  return parseJsonAs(answer, z.object({ code: z.number() }))?.code;
}
