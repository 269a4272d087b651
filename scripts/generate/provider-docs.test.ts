import { expect, test } from "vitest";
import { createSettings, idText, secretText, webhookSecrets } from "../../packages/core/src/provider-settings.ts";
import { providers, type ProviderModule } from "../../packages/core/src/providers/index.ts";
import { renderOAuthVariables, renderRegistrationTable, renderWebhookTable } from "./provider-docs.ts";

const { zoom } = providers;
if (zoom === undefined) throw new Error("Zoom is not known");

const settings = createSettings({
  variables: {
    ACME_CLIENT_ID: idText,
    ACME_CLIENT_SECRET: secretText,
    ACME_REGION: secretText.default("eu").describe("Where accounts are."),
    ACME_WEBHOOK_SECRET: webhookSecrets().optional().describe("The signing key."),
    ACME_UNDOCUMENTED: secretText.optional(),
  },
  buildApp: (env) => ({ id: env.ACME_CLIENT_ID, secret: env.ACME_CLIENT_SECRET, mode: "live" }),
  guide: {
    page: "https://acme.example/apps",
    app: "a _Web_ app with the scope `me`",
    notes: "It is free.",
    redirectName: "Return URL",
    redirectNote: "twice",
    webhook: { where: "the app's `events`", variable: "ACME_WEBHOOK_SECRET" },
  },
});
const acme: ProviderModule = {
  spec: { ...zoom.spec, id: "acme", name: "Acme" },
  settings,
  wireFormat: { ...zoom.wireFormat, mayReturnToPage: true },
};

test(".env.example gets the variables that are needed or described, with their defaults and what is registered where", () => {
  expect(renderOAuthVariables(acme).split("\n")).toEqual([
    '# Acme: https://acme.example/apps, a "Web" app with the scope me.',
    "# It is free.",
    "# Return URL to register, twice: ${PUBLIC_URL}/api/v1/channels/acme/callback",
    "ACME_CLIENT_ID=",
    "ACME_CLIENT_SECRET=",
    "# Where accounts are.",
    "ACME_REGION=eu",
    "# The signing key.",
    "# Address for webhooks to register: ${PUBLIC_URL}/api/v1/webhooks/acme (the app's events)",
    "ACME_WEBHOOK_SECRET=",
    "# Only if the page handles the callback: ${PUBLIC_URL}/integrations",
    "ACME_REDIRECT_URI=",
  ]);
});

test("the README gets a row in each of its tables", () => {
  expect(renderRegistrationTable([acme])).toContain(
    "| Acme     | [acme.example](https://acme.example/apps): a _Web_ app with the scope `me` | `/api/v1/channels/acme/callback`, twice            |",
  );
  expect(renderWebhookTable([acme])).toContain(
    "| Acme     | the app's `events` | `/api/v1/webhooks/acme`          | `ACME_WEBHOOK_SECRET` |",
  );
});

test("a provider that signs webhooks with the client secret has no variable for that, and one without webhooks no row", () => {
  const guide = { ...settings.guide, webhook: { where: "the app" } };
  expect(renderWebhookTable([{ ...acme, settings: { ...settings, guide } }])).toContain("none: the client secret");
  const { webhook: _, ...without } = settings.guide;
  expect(renderWebhookTable([{ ...acme, settings: { ...settings, guide: without } }])).not.toContain("Acme");
});
