import { z } from "zod";

/** Our registration at Telegram, and the way there. */
export interface TelegramSettings {
  apiId: number;
  apiHash: string;
  /** `socks5://[user:password@]host:port`. With it, nothing ever goes to Telegram directly. */
  proxy?: string;
  /** The sandbox's public keys, in place of Telegram's. PEM. */
  serverKeys?: string;
}

type Given = Readonly<Record<string, string | undefined>>;

// A user name and password have what would end them percent-encoded, as in any URL, and so no percent sign of their own.
const proxyAddress = /^socks5:\/\/(?:(?:[^/@:%\s]|%[\da-f]{2})+:(?:[^/@:%\s]|%[\da-f]{2})+@)?[^/@\s]+:\d{1,5}$/i;

const settings = z.object({
  TELEGRAM_API_ID: z.coerce
    .number("must be a number")
    .int("must be a whole number")
    .positive("must be a number above 0"),
  TELEGRAM_API_HASH: z.string().regex(/^[0-9a-f]{32}$/, "must be 32 hexadecimal digits"),
  TELEGRAM_PROXY: z
    .string()
    .regex(proxyAddress, "must look like socks5://host:port or socks5://user:password@host:port, in them %40 for @")
    .optional(),
  TELEGRAM_SERVER_KEYS: z
    .string()
    .regex(/-----BEGIN (RSA )?PUBLIC KEY-----/, "must be a public key as PEM")
    .optional(),
});

export const telegramNames = Object.keys(settings.shape);

type Reading = { settings?: TelegramSettings; missing: string[]; wrong: string[] };

/** Reads them. In the sandbox both the way and the keys must be the sandbox's: a half of them could lead to Telegram. */
export function readTelegram(given: Given): Reading {
  const missing = ["TELEGRAM_API_ID", "TELEGRAM_API_HASH"].filter((name) => given[name] === undefined);
  if (missing.length > 0) return { missing, wrong: [] };
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    return { missing: [], wrong: parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) };
  }
  const { TELEGRAM_API_ID: apiId, TELEGRAM_API_HASH: apiHash, TELEGRAM_PROXY: proxy } = parsed.data;
  const serverKeys = parsed.data.TELEGRAM_SERVER_KEYS;
  const sandbox = given["SANDBOX_URL"] !== undefined;
  if (sandbox && (proxy === undefined || serverKeys === undefined)) {
    return { missing: [], wrong: ["TELEGRAM_PROXY, TELEGRAM_SERVER_KEYS: both are needed together with SANDBOX_URL"] };
  }
  if (!sandbox && serverKeys !== undefined) {
    return { missing: [], wrong: ["TELEGRAM_SERVER_KEYS: only together with SANDBOX_URL"] };
  }
  return {
    settings: { apiId, apiHash, ...(proxy && { proxy }), ...(serverKeys && { serverKeys }) },
    missing: [],
    wrong: [],
  };
}
