import { z } from "zod";
import { createSettings, idText, secretText, webhookSecrets } from "../../provider-settings.ts";

const signingSecret = z
  .string()
  .regex(/^(?!(?:[spr]k|ca|we)_)/, "must be the endpoint's signing secret, which begins with whsec_");

/** How an operator sets up Stripe. The mode is that of the key. */
export const stripeSettings = createSettings({
  variables: {
    STRIPE_CLIENT_ID: idText.regex(
      /^(?!(?:[spr]k|whsec|acct|we)_)/,
      "must be the client id of Connect's settings, which begins with ca_",
    ),
    STRIPE_SECRET_KEY: secretText
      .regex(/^(?!pk_)/, "is a publishable key (pk_…): the secret key begins with sk_ or rk_")
      .regex(/^(?!(?:ca|whsec|acct|we)_)/, "must be the secret key, which begins with sk_ or rk_"),
    STRIPE_WEBHOOK_SECRET: webhookSecrets(signingSecret)
      .optional()
      .describe("The signing secret (whsec_…) of a Connect endpoint. Several are separated by commas."),
  },
  aliases: { STRIPE_CLIENT_SECRET: "STRIPE_SECRET_KEY" },
  buildApp: ({ STRIPE_SECRET_KEY: secret, ...env }) => ({
    id: env.STRIPE_CLIENT_ID,
    secret,
    mode: /^[sr]k_live_/.test(secret) ? "live" : "test",
    webhook: env.STRIPE_WEBHOOK_SECRET,
  }),
  guide: {
    page: "https://dashboard.stripe.com/settings/connect",
    pageName: "Connect settings",
    app: "OAuth for Standard accounts",
    notes:
      "The mode, live or test, is that of the key, and the client id must be of the same mode. A restricted key must be able to read accounts, your platform's own account included. Otherwise Patchbay cannot confirm that an account was disconnected at Stripe.",
    webhook: {
      where: "a webhook for connected accounts: `account.application.deauthorized`",
      variable: "STRIPE_WEBHOOK_SECRET",
    },
  },
});
