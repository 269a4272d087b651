import { type IPacketCodec, MemoryStorage, type TelegramTransport } from "@mtcute/core";
import { addPublicKey } from "@mtcute/core/utils.js";
import { BaseTelegramClient, SocksProxyTcpTransport } from "@mtcute/node";
import { NodeCryptoProvider } from "@mtcute/node/utils.js";
import { testKey } from "../../src/crypto/test-key.ts";

/** Makes mtcute trust the test key. */
export async function trustTestKey(): Promise<void> {
  const crypto = new NodeCryptoProvider();
  await crypto.initialize();
  addPublicKey(crypto, testKey.publicPem);
}

export interface MtcuteOptions {
  readonly dc?: number;
  readonly usePfs?: boolean;
  /** Another transport than the intermediate one. */
  readonly codec?: () => IPacketCodec;
  readonly storage?: MemoryStorage;
}

/** An unmodified mtcute client whose only way out is the SOCKS front. */
export function createMtcuteClient(port: number, options: MtcuteOptions = {}): BaseTelegramClient {
  const { dc = 2, usePfs = false, codec, storage = new MemoryStorage() } = options;
  const socks = new SocksProxyTcpTransport({ host: "127.0.0.1", port, version: 5 });
  const transport: TelegramTransport = {
    connect: (option) => socks.connect(option),
    packetCodec: () => codec?.() ?? socks.packetCodec(),
  };
  const option = { id: dc, ipAddress: `127.0.0.${dc}`, port: 443 };
  return new BaseTelegramClient({
    apiId: 1,
    apiHash: "hash",
    storage,
    transport,
    defaultDcs: { main: option, media: option },
    network: { usePfs },
    updates: false,
    logLevel: process.env["MTCUTE_LOG"] ? 5 : 0,
  });
}
