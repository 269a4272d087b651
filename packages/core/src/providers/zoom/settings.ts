import { createSettings, idText, scopeTexts, secretText, webhookSecrets } from "../../provider-settings.ts";
import { zoomScopes } from "./scopes.ts";

/** How an operator sets up Zoom. */
export const zoomSettings = createSettings({
  variables: {
    ZOOM_CLIENT_ID: idText.regex(/^(?![\w-]{32}$)/, "must be the client id, of 22 characters; this is the secret"),
    ZOOM_CLIENT_SECRET: secretText.regex(
      /^(?![\w-]{22}$)/,
      "must be the client secret, of 32 characters; this is the client id",
    ),
    ZOOM_SCOPES: scopeTexts(zoomScopes, "user:read:user,meeting:read:meeting").describe(
      "The scopes that a user has to grant, separated by commas. Zoom asks for those that the app has there: name the same here.",
    ),
    ZOOM_WEBHOOK_SECRET: webhookSecrets()
      .optional()
      .describe("The secret token of the app. Several are separated by commas."),
  },
  buildApp: (env) => ({
    id: env.ZOOM_CLIENT_ID,
    secret: env.ZOOM_CLIENT_SECRET,
    mode: "live",
    scopes: env.ZOOM_SCOPES,
    webhook: env.ZOOM_WEBHOOK_SECRET,
  }),
  guide: {
    page: "https://marketplace.zoom.us",
    app: "a user-managed General app with the scope `user:read:user` and those of `ZOOM_SCOPES`",
    redirectName: "Redirect URL",
    redirectNote: "also on the allow list",
    webhook: {
      where: "the app's event subscription and its deauthorization notification",
      variable: "ZOOM_WEBHOOK_SECRET",
    },
  },
});
