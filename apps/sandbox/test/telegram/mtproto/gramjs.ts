import { helpers, Logger, sessions, TelegramClient } from "telegram";
import { _serverKeys } from "telegram/crypto/RSA.js";
import { LogLevel } from "telegram/extensions/Logger.js";
import { ConnectionTCPFull } from "telegram/network/connection/TCPFull.js";
import { publicNumbers } from "./public-numbers.ts";

/** Teaches gramjs the sandbox's key, and takes Telegram's own from it. */
export function trustSandbox(): void {
  const { fingerprint, modulus, exponent } = publicNumbers();
  _serverKeys.clear();
  _serverKeys.set(fingerprint.toString(), { n: helpers.returnBigInt(modulus.toString()), e: Number(exponent) });
}

export interface GramjsOptions {
  readonly session?: string;
  readonly connection?: typeof ConnectionTCPFull;
}

/** An unmodified gramjs client whose only way out is the SOCKS front. */
export function gramjs(port: number, { session = "", connection = ConnectionTCPFull }: GramjsOptions = {}) {
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
export const saved = (client: TelegramClient): string => (client.session as sessions.StringSession).save();
