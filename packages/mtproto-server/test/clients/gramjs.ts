import { helpers, Logger, sessions, TelegramClient } from "telegram";
import { _serverKeys } from "telegram/crypto/RSA.js";
import { LogLevel } from "telegram/extensions/Logger.js";
import { ConnectionTCPFull } from "telegram/network/connection/TCPFull.js";
import { getPublicNumbers } from "../public-numbers.ts";

/** Makes GramJS trust the test key in place of Telegram's own keys. */
export function trustTestKey(): void {
  const { fingerprint, modulus, exponent } = getPublicNumbers();
  _serverKeys.clear();
  _serverKeys.set(fingerprint.toString(), { n: helpers.returnBigInt(modulus.toString()), e: Number(exponent) });
}

export interface GramjsOptions {
  readonly session?: string;
  readonly connection?: typeof ConnectionTCPFull;
}

/** An unmodified gramjs client whose only way out is the SOCKS front. */
export function createGramjsClient(port: number, { session = "", connection = ConnectionTCPFull }: GramjsOptions = {}) {
  return new TelegramClient(new sessions.StringSession(session), 1, "hash", {
    connection,
    proxy: { ip: "127.0.0.1", port, socksType: 5, timeout: 5 },
    baseLogger: new Logger(LogLevel.NONE),
    connectionRetries: 3,
    retryDelay: 50,
    floodSleepThreshold: 0,
    deviceModel: "Bench",
    systemVersion: "1",
    appVersion: "2",
  });
}

/** The session as a client would save it. */
export const saveSession = (client: TelegramClient): string => (client.session as sessions.StringSession).save();
