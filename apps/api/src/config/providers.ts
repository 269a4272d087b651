import type { OAuthClient, ProviderId } from "@patchbay/core/providers";
import { z } from "zod";
import { wrongShapes } from "./shapes.ts";
import { readTelegram, telegramNames, type TelegramSettings } from "./telegram.ts";
import { getWireFormat } from "../channels/wire-formats.ts";
import { readWebhooks, webhookNames } from "./webhooks.ts";

export interface ProviderSettings {
  /** The providers that can be used. */
  clients: Partial<Record<ProviderId, OAuthClient>>;
  telegram?: TelegramSettings;
  /** What those that cannot be used lack. */
  missing: Record<string, string[]>;
  wrong: string[];
}

type Given = Readonly<Record<string, string | undefined>>;
type Reader = (given: Given) => { secret: string; mode: (client: { secret: string }) => string; scopes?: string[] };

const usual =
  (name: string): Reader =>
  () => ({ secret: `${name}_CLIENT_SECRET`, mode: () => "live" });

/** What of each provider is not called as everywhere: the secret's variable, the mode, scopes. */
const readers: Record<ProviderId, Reader> = {
  calendly: usual("CALENDLY"),
  paypal: (given) => ({ secret: "PAYPAL_CLIENT_SECRET", mode: () => given["PAYPAL_ENVIRONMENT"] ?? "live" }),
  shopify: (given) => ({
    ...usual("SHOPIFY")(given),
    scopes: (given["SHOPIFY_SCOPES"] ?? "read_products").split(/[\s,]+/).filter((scope) => scope !== ""),
  }),
  stripe: () => ({
    secret: "STRIPE_SECRET_KEY",
    mode: ({ secret }) => (/^[sr]k_live_/.test(secret) ? "live" : "test"),
  }),
  zoom: usual("ZOOM"),
};

/** Every variable about a provider. */
export const providerNames: readonly string[] = [
  ...Object.entries(readers).flatMap(([id, reader]) => [
    `${id.toUpperCase()}_CLIENT_ID`,
    `${id.toUpperCase()}_REDIRECT_URI`,
    reader({}).secret,
  ]),
  "PAYPAL_ENVIRONMENT",
  "SHOPIFY_SCOPES",
  ...telegramNames,
  ...webhookNames,
];

const shopifyScopes = /^(?:unauthenticated_|customer_)?(?:read|write)_[a-z0-9_]+$/;

const paypalEnvironment = z.enum(["live", "sandbox"]).optional();

export function readProviders(given: Given, publicOrigin: string): ProviderSettings {
  const settings: ProviderSettings = { clients: {}, missing: {}, wrong: [] };
  if (!paypalEnvironment.safeParse(given["PAYPAL_ENVIRONMENT"]).success) {
    settings.wrong.push('PAYPAL_ENVIRONMENT: must be "live" or "sandbox"');
  }
  if (readers.shopify(given).scopes?.some((scope) => !shopifyScopes.test(scope))) {
    settings.wrong.push("SHOPIFY_SCOPES: must be scopes such as read_products,write_orders");
  }
  settings.wrong.push(...wrongShapes(given, providerNames));
  const telegram = readTelegram(given);
  if (telegram.settings) settings.telegram = telegram.settings;
  if (telegram.missing.length > 0) settings.missing["telegram"] = telegram.missing;
  const webhooks = readWebhooks(given);
  settings.wrong.push(...telegram.wrong, ...webhooks.wrong);
  for (const [id, reader] of Object.entries(readers) as [ProviderId, Reader][]) {
    const { secret: secretName, mode, scopes } = reader(given);
    const idName = `${id.toUpperCase()}_CLIENT_ID`;
    const [clientId, secret] = [given[idName], given[secretName]];
    if (clientId === undefined || secret === undefined) {
      settings.missing[id] = [idName, secretName].filter((name) => given[name] === undefined);
      continue;
    }
    const redirectUri = readRedirectUri(id, given, publicOrigin);
    if (redirectUri === undefined)
      settings.wrong.push(`${id.toUpperCase()}_REDIRECT_URI: ${redirectRule(id, publicOrigin)}`);
    else {
      const webhook = webhooks.of[id];
      const client = { id: clientId, secret, mode: mode({ secret }), redirectUri };
      settings.clients[id] = { ...client, ...(scopes && { scopes }), ...(webhook && { webhook }) };
    }
  }
  return settings;
}

function redirectUris(id: ProviderId, publicOrigin: string): string[] {
  const face = getWireFormat(id);
  const ours = `${publicOrigin}/api/v1/channels/${id}/${face.returnPath}`;
  return face.mayReturnToPage ? [ours, `${publicOrigin}/integrations`] : [ours];
}

function readRedirectUri(id: ProviderId, given: Given, publicOrigin: string): string | undefined {
  const allowed = redirectUris(id, publicOrigin);
  const chosen = given[`${id.toUpperCase()}_REDIRECT_URI`];
  return chosen === undefined ? allowed[0] : allowed.find((uri) => uri === chosen);
}

function redirectRule(id: ProviderId, publicOrigin: string): string {
  return `must be ${redirectUris(id, publicOrigin).join(" or ")}`;
}
