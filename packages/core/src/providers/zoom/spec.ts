import { z } from "zod";
import { ConnectError } from "../../errors.ts";
import { parseJsonAs, assertNotTransient, unrecognizedResponseError, type HttpResponse } from "../../http/index.ts";
import {
  callProvider,
  clientSecretBasic,
  type Access,
  type OAuthSpec,
  type TokenResponse,
  type TokenError,
} from "../../oauth/index.ts";
import type { Account, ProviderState, Revocation } from "../../provider.ts";
import { optionalText } from "../fields.ts";
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
  description: "See who you are on Zoom, and work with your meetings there.",
  grants: "one per account",
  issuers: ["https://zoom.us"],
  endpoints: { authorize: "https://zoom.us/oauth/authorize", token: "https://zoom.us/oauth/token" },
  // No scope: it is the app's registration that says, and sending some has ended in error 4700.
  authorization: { response_type: "code" },
  pkce: true,
  authenticate: clientSecretBasic,
  api: (_client, { apiUrl = "https://api.zoom.us" }) => ({ baseUrl: `${apiUrl}/v2` }),
  refresh: "rotating",
  accessSeconds: 3_600,
  refreshSeconds: 90 * 86_400,
  isGrantDead: isTokenDead,
  readMetadata: readRegion,
  // No `missingScopes`: the scopes have had many names (`user:read`, `user_profile`). An answer about the user proves them.
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

async function identifyZoomUser(access: Access): Promise<Account> {
  const person = await callProvider(access, {
    url: "https://api.zoom.us/v2/users/me",
    schema: user,
    endpoint: "Zoom's users/me",
    lacksScope: (answer) => zoomCode(answer) === 4711,
    isDead: (answer) => answer.status === 401 && zoomCode(answer) === 124,
  });
  const name = person.display_name || [person.first_name, person.last_name].filter(Boolean).join(" ");
  return {
    id: person.id,
    label: name || person.email || person.id,
    ...(person.email ? { email: person.email } : {}),
    details: {
      ...(name && { name }),
      ...(person.account_id ? { zoomAccountId: person.account_id } : {}),
    },
  };
}

/** Ends the app's authorization of the user. Documented for access tokens only. */
async function revokeZoomToken({ http, client, credentials }: Access): Promise<Revocation> {
  const form = new URLSearchParams({ token: credentials.accessToken ?? "" });
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
  clientSecretBasic(client, form, headers);
  const answer = await http.send("https://zoom.us/oauth/revoke", { method: "POST", headers, body: form.toString() });
  assertNotTransient(answer, "Zoom's revoke");
  if (answer.status === 200 && parseJsonAs(answer, revoked)) return { outcome: "revoked" };
  const { error, reason } = parseJsonAs(answer, refused) ?? {};
  if (error === "invalid_client") throw new ConnectError("provider_misconfigured", "Zoom refuses our client at revoke");
  if (error !== undefined && isTokenDead({ error, description: reason ?? "" })) return { outcome: "revoked" };
  throw unrecognizedResponseError(answer, "Zoom's revoke");
}

const revoked = z.object({ status: z.literal("success") });
const refused = z.object({ error: z.string(), reason: optionalText });

/** Zoom's words for a token or a code that it no longer takes. */
function isTokenDead({ error, description }: Pick<TokenError, "error" | "description">): boolean {
  return (
    error === "invalid_grant" ||
    description === "Invalid Token!" ||
    description.startsWith("Invalid authorization code")
  );
}

function zoomCode(answer: HttpResponse): number | undefined {
  return parseJsonAs(answer, z.object({ code: z.number() }))?.code;
}
