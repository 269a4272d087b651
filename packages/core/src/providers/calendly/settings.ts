import { createSettings, idText, scopeTexts, secretText, webhookSecrets } from "../../provider-settings.ts";
import { calendlyScopes } from "./scopes.ts";

/** How an operator sets up Calendly. */
export const calendlySettings = createSettings({
  variables: {
    CALENDLY_CLIENT_ID: idText,
    CALENDLY_CLIENT_SECRET: secretText,
    CALENDLY_SCOPES: scopeTexts(calendlyScopes, "users:read,event_types:read").describe(
      "The scopes to ask for, separated by commas. The app at Calendly must have them, too. Patchbay always asks for those that it needs itself.",
    ),
    CALENDLY_WEBHOOK_SECRET: webhookSecrets()
      .optional()
      .describe("The webhook signing key of the app, for events of paid plans. Several keys are separated by commas."),
  },
  buildApp: (env) => ({
    id: env.CALENDLY_CLIENT_ID,
    secret: env.CALENDLY_CLIENT_SECRET,
    mode: "live",
    scopes: env.CALENDLY_SCOPES,
    webhook: env.CALENDLY_WEBHOOK_SECRET,
  }),
  guide: {
    page: "https://developer.calendly.com",
    app: "a _Web_ app with the scope `users:read`, those of `CALENDLY_SCOPES`, and with `CALENDLY_WEBHOOK_SECRET` also `webhooks:write` and `scheduled_events:read`",
    webhook: {
      where: "nothing to do: the signing key was shown when the app was made",
      isAutomatic: true,
      variable: "CALENDLY_WEBHOOK_SECRET",
    },
  },
});
