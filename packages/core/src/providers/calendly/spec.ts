import { z } from "zod";
import type { IdentifiedAccount } from "../../account.ts";
import { callProvider, clientSecretBasic, type Access, type OAuthSpec } from "../../oauth/index.ts";
import { optionalText } from "../fields.ts";
import { calendlyScopes } from "./scopes.ts";
import { isForbidden, subscribeToCalendly, unsubscribeFromCalendly } from "./subscriptions.ts";
import { introspectCalendlyToken, revokeCalendlyToken } from "./tokens.ts";
import { calendlyWebhooks } from "./webhooks.ts";

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
  grants: "many",
  issuers: ["https://auth.calendly.com", "https://calendly.com"],
  endpoints: {
    authorize: "https://auth.calendly.com/oauth/authorize",
    token: "https://auth.calendly.com/oauth/token",
  },
  scopes: calendlyScopes,
  authorization: { response_type: "code" },
  pkce: true,
  authenticate: clientSecretBasic,
  api: { baseUrl: "https://api.calendly.com" },
  refresh: "rotating",
  accessSeconds: 7_200,
  identify: identifyCalendlyUser,
  revoke: revokeCalendlyToken,
  manageUrl: "https://calendly.com/integrations",
  introspect: introspectCalendlyToken,
  webhooks: calendlyWebhooks,
  subscribe: subscribeToCalendly,
  unsubscribe: unsubscribeFromCalendly,
};

async function identifyCalendlyUser(access: Access): Promise<IdentifiedAccount> {
  const { resource } = await callProvider(access, {
    url: "https://api.calendly.com/users/me",
    schema: me,
    endpoint: "Calendly's users/me",
    lacksScope: isForbidden,
  });
  const { uri, name, email, timezone, scheduling_url: schedulingUrl } = resource;
  // The e-mail address may change; the URI does not.
  return { id: uri, label: name || email || "Calendly account", email, details: { name, timezone, schedulingUrl } };
}
