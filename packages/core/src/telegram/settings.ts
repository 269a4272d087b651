import { z } from "zod";
import { createSettings, idText, secretText, type ProviderSettings } from "../provider-settings.ts";

/** Our app at Telegram, and the way there. */
export interface TelegramApp {
  apiId: number;
  apiHash: string;
  /** `socks5://[user:password@]host:port`. With it, nothing ever goes to Telegram directly. */
  proxy?: string | undefined;
  /** The sandbox's public keys, in place of Telegram's. PEM. */
  serverKeys?: string | undefined;
}

// A user name and password have what would end them percent-encoded, as in any URL, and so no percent sign of their own.
const proxyAddress = /^socks5:\/\/(?:(?:[^/@:%\s]|%[\da-f]{2})+:(?:[^/@:%\s]|%[\da-f]{2})+@)?[^/@\s]+:\d{1,5}$/i;

const settings = createSettings({
  variables: {
    TELEGRAM_API_ID: idText
      .transform(Number)
      .pipe(z.number("must be a number").int("must be a whole number").positive("must be a number above 0")),
    TELEGRAM_API_HASH: secretText.regex(/^[0-9a-f]{32}$/, "must be 32 hexadecimal digits"),
    TELEGRAM_PROXY: z
      .string()
      .regex(proxyAddress, "must look like socks5://host:port or socks5://user:password@host:port, in them %40 for @")
      .optional()
      .describe("Optional: socks5://[user:password@]host:port. With it, Patchbay never connects to Telegram directly."),
    TELEGRAM_SERVER_KEYS: z
      .string()
      .regex(/-----BEGIN (RSA )?PUBLIC KEY-----/, "must be a public key as PEM")
      .optional(),
  },
  aliases: { TELEGRAM_APP_ID: "TELEGRAM_API_ID", TELEGRAM_APP_HASH: "TELEGRAM_API_HASH" },
  buildApp: (env): TelegramApp => ({
    apiId: env.TELEGRAM_API_ID,
    apiHash: env.TELEGRAM_API_HASH,
    proxy: env.TELEGRAM_PROXY,
    serverKeys: env.TELEGRAM_SERVER_KEYS,
  }),
  guide: {
    page: "https://my.telegram.org",
    app: '"API development tools". Users log in with their own accounts (no bot)',
  },
});

/** How an operator sets up Telegram. In the sandbox both the way and the keys must be the sandbox's: half of them could lead to Telegram. */
export const telegramSettings: ProviderSettings<TelegramApp> = {
  ...settings,
  read(env) {
    const { app, missing, wrong } = settings.read(env);
    const misplaced = app && findMisplaced(app, env["SANDBOX_URL"] !== undefined);
    if (misplaced !== undefined) return { missing, wrong: [...wrong, misplaced] };
    return { ...(app && { app }), missing, wrong };
  },
};

function findMisplaced({ proxy, serverKeys }: TelegramApp, isSandbox: boolean): string | undefined {
  if (isSandbox && (proxy === undefined || serverKeys === undefined))
    return "TELEGRAM_PROXY, TELEGRAM_SERVER_KEYS: both are needed together with SANDBOX_URL";
  return !isSandbox && serverKeys !== undefined ? "TELEGRAM_SERVER_KEYS: only together with SANDBOX_URL" : undefined;
}
