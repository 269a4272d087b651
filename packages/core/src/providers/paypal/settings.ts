import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { createSettings, idText, scopeTexts, secretText } from "../../provider-settings.ts";
import { paypalScopes } from "./scopes.ts";

/** How an operator sets up PayPal. */
export const paypalSettings = createSettings({
  variables: {
    PAYPAL_CLIENT_ID: idText.regex(/^(?!E[\w-]{79}$)/, "must be the client id; this is the secret"),
    PAYPAL_CLIENT_SECRET: secretText.regex(/^(?!A[\w-]{79}$)/, "must be the secret; this is the client id"),
    PAYPAL_ENVIRONMENT: z
      .enum(["live", "sandbox"], 'must be "live" or "sandbox"')
      .default("live")
      .describe("live, or sandbox for the sandbox of PayPal."),
    PAYPAL_SCOPES: scopeTexts(paypalScopes, "openid,email").describe(
      "The scopes to ask for, separated by commas. The app at PayPal must have their attributes. Patchbay always asks for openid and the account ID.",
    ),
    // What PayPal's simulator signs for everybody carries this word in place of an id.
    PAYPAL_WEBHOOK_ID: idText
      .regex(/^(?!WEBHOOK_ID$)\w{5,50}$/, "must be the id that PayPal's dashboard shows")
      .optional()
      .describe("The id of the webhook of the app."),
    PAYPAL_WEBHOOK_ROOTS: z
      .string()
      .transform((text) => text.replaceAll("\\n", "\n"))
      .refine(isCertificate, "must be the certificate of an authority, as PEM")
      .optional()
      .describe("Only if docs/operate.md tells you to: more authorities (PEM) for the certificate of PayPal."),
  },
  buildApp: ({ PAYPAL_WEBHOOK_ID: webhookId, PAYPAL_WEBHOOK_ROOTS: roots, ...env }) => ({
    id: env.PAYPAL_CLIENT_ID,
    secret: env.PAYPAL_CLIENT_SECRET,
    mode: env.PAYPAL_ENVIRONMENT,
    scopes: env.PAYPAL_SCOPES,
    webhook: webhookId === undefined ? undefined : { secrets: [], id: webhookId, roots },
  }),
  guide: {
    page: "https://developer.paypal.com",
    app: "an app with _Log in with PayPal_ and the attributes e-mail, name and account ID",
    redirectName: "Return URL",
    webhook: {
      where: "the app's webhooks: `IDENTITY.AUTHORIZATION-CONSENT.REVOKED`",
      variable: "PAYPAL_WEBHOOK_ID",
    },
  },
});

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}
