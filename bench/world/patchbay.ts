import { createHash } from "node:crypto";
import {
  authSecret,
  clientId,
  clientSecret,
  encryptionKey,
  encryptionKeyId,
  serviceKey,
  stripeKey,
  webhookSecret,
} from "./secrets.ts";

export const patchbayScript = import.meta.resolve("../../apps/api/src/main.ts");

export interface Setting {
  databaseUrl: string;
  /** The address that it is told to have. */
  publicUrl: string;
  /** Where the providers are played. Without it, the process runs as in production, and calls nobody. */
  providerUrl?: string;
}

/** The environment of a process of Patchbay. It works on no jobs: those are not what is measured. */
export function patchbayEnv({ databaseUrl, publicUrl, providerUrl }: Setting): Record<string, string> {
  return {
    ...(providerUrl === undefined ? { NODE_ENV: "production" } : { SANDBOX_URL: providerUrl }),
    PUBLIC_URL: withoutPort(publicUrl),
    DATABASE_URL: databaseUrl,
    AUTH_SECRET: authSecret,
    ENCRYPTION_KEYS: `${encryptionKeyId}:${encryptionKey.toString("base64")}`,
    SERVICE_KEYS: `bench:${createHash("sha256").update(serviceKey).digest("hex")}`,
    SERVICE_CALLS_PER_MINUTE: "100000000",
    WORKERS: "0",
    LOG_LEVEL: "warn",
    ...clients(),
  };
}

/** A port would be in the names of the cookies, which the load makes itself and without knowing it. */
function withoutPort(address: string): string {
  const { protocol, hostname } = new URL(address);
  return `${protocol}//${hostname}`;
}

function clients(): Record<string, string> {
  const usual = ["zoom", "calendly", "shopify", "paypal"].flatMap((id) => [
    [`${id.toUpperCase()}_CLIENT_ID`, clientId(id)],
    [`${id.toUpperCase()}_CLIENT_SECRET`, clientSecret(id)],
  ]);
  return {
    ...(Object.fromEntries(usual) as Record<string, string>),
    PAYPAL_ENVIRONMENT: "sandbox",
    STRIPE_CLIENT_ID: clientId("stripe"),
    STRIPE_SECRET_KEY: stripeKey,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
  };
}

/** In which mode each provider's accounts are, with these settings. */
export const modeOf = (provider: string): string =>
  provider === "stripe" ? "test" : provider === "paypal" ? "sandbox" : "live";
