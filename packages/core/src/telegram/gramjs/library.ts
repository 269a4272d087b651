import type { ServerKey } from "../server-keys.ts";

/** The parts of the library that are used here. */
export type Library = Awaited<ReturnType<typeof load>>;

/** Loads the library: a quarter of a second and some 36 MB, which only those pay who connect Telegram. */
export async function load(serverKeys: readonly ServerKey[] | undefined) {
  // First, and alone: its parts need one another, and load in no other order.
  const { Api, TelegramClient, Logger, errors, extensions, helpers, password, sessions } = await import("telegram");
  const { ConnectionTCPFull } = await import("telegram/network/connection/index.js");
  const { LogLevel } = await import("telegram/extensions/Logger.js");
  const { Raw } = await import("telegram/events/Raw.js");
  const { _serverKeys } = await import("telegram/crypto/RSA.js");
  if (serverKeys !== undefined) {
    _serverKeys.clear();
    for (const { fingerprint, modulus, exponent } of serverKeys) {
      _serverKeys.set(fingerprint, { n: helpers.readBigIntFromBuffer(modulus, false), e: exponent });
    }
  }
  const { PromisedNetSockets } = extensions;
  const { StringSession } = sessions;
  const silent = new Logger(LogLevel.NONE);
  return { Api, TelegramClient, ConnectionTCPFull, PromisedNetSockets, StringSession, errors, password, silent, Raw };
}
