import { z } from "zod";
import { ConnectError } from "../../errors.ts";
import { parseJsonAs, assertNotTransient, unrecognizedResponseError, type HttpResponse } from "../../http/index.ts";
import { callProvider, clientSecretBasic, type Access, type OAuthSpec } from "../../oauth/index.ts";
import type { Account, Revocation } from "../../provider.ts";
import { isForbidden, subscribeToCalendly, unsubscribeFromCalendly } from "./subscriptions.ts";
import { calendlyWebhooks } from "./webhooks.ts";
import { optionalText } from "../fields.ts";

const me = z.object({
  resource: z.object({
    uri: z.url(),
    name: optionalText,
    email: optionalText,
    timezone: optionalText,
    scheduling_url: optionalText,
  }),
});

/** Calendly's REST OAuth for web apps: https://developer.calendly.com/creating-an-oauth-app */
export const calendlySpec: OAuthSpec = {
  id: "calendly",
  name: "Calendly",
  description: "See who you are on Calendly, and work with your calendar there.",
  grants: "many",
  issuers: ["https://auth.calendly.com", "https://calendly.com"],
  endpoints: {
    authorize: "https://auth.calendly.com/oauth/authorize",
    token: "https://auth.calendly.com/oauth/token",
  },
  authorization: (client) => ({
    response_type: "code",
    // Asked for where they are used. Whoever grants only the first is connected all the same, without events.
    scope: client.webhook ? "users:read webhooks:write scheduled_events:read" : "users:read",
  }),
  pkce: true,
  authenticate: clientSecretBasic,
  api: { baseUrl: "https://api.calendly.com" },
  refresh: "rotating",
  accessSeconds: 7_200,
  // Apps older than March 2026 have one all-access scope, reported as "default".
  missingScopes: (granted) =>
    granted.some((scope) => /^(default|users:(read|write))$/.test(scope)) ? [] : ["users:read"],
  identify: identifyCalendlyUser,
  revoke: revokeCalendlyToken,
  manageUrl: "https://calendly.com/integrations",
  introspect,
  webhooks: calendlyWebhooks,
  subscribe: subscribeToCalendly,
  unsubscribe: unsubscribeFromCalendly,
};

async function identifyCalendlyUser(access: Access): Promise<Account> {
  const { resource } = await callProvider(access, {
    url: "https://api.calendly.com/users/me",
    schema: me,
    endpoint: "Calendly's users/me",
    lacksScope: isForbidden,
  });
  return {
    // The e-mail address may change; the URI does not.
    id: resource.uri,
    label: resource.name || resource.email || "Calendly account",
    ...(resource.email ? { email: resource.email } : {}),
    details: {
      ...(resource.name ? { name: resource.name } : {}),
      ...(resource.timezone ? { timezone: resource.timezone } : {}),
      ...(resource.scheduling_url ? { schedulingUrl: resource.scheduling_url } : {}),
    },
  };
}

/** RFC 7009, with the client in the form. Either token ends the pair; the refresh token is the one that surely lives. */
async function revokeCalendlyToken({ http, client, credentials }: Access): Promise<Revocation> {
  const form = new URLSearchParams({
    client_id: client.id,
    client_secret: client.secret,
    token: credentials.refreshToken ?? credentials.accessToken ?? "",
  });
  const answer = await http.send("https://auth.calendly.com/oauth/revoke", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  });
  assertNotTransient(answer, "Calendly's revoke");
  if (answer.status === 200 && parseJsonAs(answer, nothing)) return { outcome: "revoked" };
  throw toCalendlyError(answer, "Calendly's revoke");
}

/** What it says of a token that is ended, and of one that nobody knows. */
const nothing = z.strictObject({});
const refused = z.object({ error: z.enum(["invalid_client", "unauthorized_client"]) });

/** Our client refused in Calendly's own words, or an answer that says nothing. */
function toCalendlyError(answer: HttpResponse, what: string): ConnectError {
  const error = parseJsonAs(answer, refused)?.error;
  if (error === undefined) return unrecognizedResponseError(answer, what);
  return new ConnectError("provider_misconfigured", `${what} answered ${answer.status} ${error}`);
}

const introspection = z.object({ active: z.boolean() });

/** RFC 7662, with the client in the form as at revoke. A refresh token is spent by its first use, so an active one was not. */
async function introspect({ http, client, credentials }: Access): Promise<boolean> {
  const form = new URLSearchParams({
    client_id: client.id,
    client_secret: client.secret,
    token: credentials.refreshToken ?? "",
  });
  const answer = await http.send("https://auth.calendly.com/oauth/introspect", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  });
  assertNotTransient(answer, "Calendly's introspect");
  const described = answer.status === 200 ? parseJsonAs(answer, introspection) : undefined;
  if (described === undefined) throw toCalendlyError(answer, "Calendly's introspect");
  return described.active;
}
