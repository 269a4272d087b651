import { randomBytes } from "node:crypto";
import { freePort } from "@patchbay/postgres";
import { pino } from "pino";
import type { Log } from "../../src/log.ts";
import { readConfig, type Config } from "../../src/config/config.ts";
import { start, type Running } from "../../src/main.ts";
import { newDatabase } from "./database.ts";

const id = (name: string) => `live-${name}-client-id`;

/** An environment as an operator would set it for production. Nothing in it is real. */
export function liveEnvironment(): Record<string, string> {
  return {
    NODE_ENV: "production",
    PUBLIC_URL: "https://app.example.com",
    DATABASE_URL: "postgres://patchbay@localhost/patchbay",
    AUTH_SECRET: randomBytes(32).toString("hex"),
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    CALENDLY_CLIENT_ID: id("calendly"),
    CALENDLY_CLIENT_SECRET: "not a real secret",
    PAYPAL_CLIENT_ID: id("paypal"),
    PAYPAL_CLIENT_SECRET: "not a real secret",
    SHOPIFY_CLIENT_ID: id("shopify"),
    SHOPIFY_CLIENT_SECRET: "not a real secret",
    SHOPIFY_SCOPES: "read_products, write_orders",
    TELEGRAM_API_ID: "1",
    TELEGRAM_API_HASH: "0".repeat(32),
    STRIPE_CLIENT_ID: id("stripe"),
    STRIPE_SECRET_KEY: "not a real secret",
    ZOOM_CLIENT_ID: id("zoom"),
    ZOOM_CLIENT_SECRET: "not a real secret",
  };
}

/** Patchbay as in production, without a sandbox. Only what needs no provider can be asked of it. */
export async function startLive(
  env: Record<string, string> = {},
  { log = pino({ level: "silent" }), pageDirectory }: { log?: Log; pageDirectory?: string } = {},
): Promise<Running & { config: Config; at: string }> {
  const port = await freePort();
  const given = { ...liveEnvironment(), DATABASE_URL: await newDatabase(), PORT: String(port), ...env };
  const config = { ...readConfig(given), ...(pageDirectory !== undefined && { pageDirectory }) };
  const running = await start(config, log);
  return { ...running, config, at: `http://localhost:${config.port}` };
}
