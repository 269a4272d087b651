import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { RpcHandler, TlObject } from "../rpc.ts";
import { createMtprotoFaults, type MtprotoFaults } from "./faults.ts";
import type { DataCentre, Hub } from "./hub.ts";
import { createKeyRing } from "./keys.ts";
import { openLink } from "./link.ts";
import { createOutbox } from "./outbox.ts";
import { type AuthKey, loginKey } from "./peer.ts";
import { readRsaKey } from "./rsa.ts";
import { encodeObject } from "./tl/encode.ts";
import { loadSchemas } from "./tl/load.ts";

export interface MtprotoServerOptions {
  /** The data centres, each by the address that clients are told and that the SOCKS front maps. */
  readonly dcs: readonly DataCentre[];
  /** Where the first one really listens on the loopback, the others on the ports after it; 0 or none takes any free ones. */
  readonly port?: number;
  /** PEM of the RSA private key. */
  readonly rsaKey: string;
  readonly handler: RpcHandler;
  readonly clock?: { now(): number };
  readonly faults?: MtprotoFaults;
  readonly log?: (line: string) => void;
}

export interface MtprotoServer {
  close(): Promise<void>;
  /** Sends an update to every live connection of an authorization key, each in its own layer. */
  push(authKeyId: string, update: TlObject): void;
  /** As a server that was set up anew: every key is unknown from now on. */
  forgetKeys(): void;
  openConnections(): number;
  /** The loopback port where a data centre really listens. */
  readonly portOf: (dc: number) => number | undefined;
}

const address = "127.0.0.1";

/** Starts an MTProto 2.0 server, one listener for each data centre, and no more of Telegram than the handler plays. */
export async function createMtprotoServer(options: MtprotoServerOptions): Promise<MtprotoServer> {
  const hub = await createHub(options);
  const sockets = new Set<Socket>();
  const listeners = new Map<number, Server>();
  for (const [index, { id }] of options.dcs.entries()) {
    const listener = createServer((socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      openLink(hub, id, socket);
    });
    listener.listen(options.port ? options.port + index : 0, address);
    await once(listener, "listening");
    listeners.set(id, listener);
  }
  return {
    close: async () => {
      const closed = [...listeners.values()].map((listener) => closing(listener));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
    push: (authKeyId, update) => push(hub, authKeyId, update),
    forgetKeys: () => {
      for (const key of hub.keys.all()) hub.destroy(key);
    },
    openConnections: () => sockets.size,
    portOf: (dc) => (listeners.get(dc)?.address() as AddressInfo | null | undefined)?.port,
  };
}

async function closing(listener: Server): Promise<void> {
  const closed = once(listener, "close");
  listener.close();
  await closed;
}

async function createHub(options: MtprotoServerOptions): Promise<Hub> {
  const { dcs, handler, rsaKey, clock = Date, faults = createMtprotoFaults(), log = () => undefined } = options;
  const schemas = await loadSchemas();
  const keys = createKeyRing(clock);
  const outbox = createOutbox(schemas.protocol, clock);

  function destroy(key: AuthKey): void {
    const bound = key.until === undefined ? keys.speakingFor(key.id) : [];
    for (const gone of [key, ...bound]) keys.forget(gone);
    if (loginKey(key) === key) handler.forgotten?.(key.id);
  }

  return { dcs, schemas, keys, rsa: readRsaKey(rsaKey), handler, clock, faults, outbox, log, destroy };
}

function push({ keys, outbox, schemas }: Hub, authKeyId: string, update: TlObject): void {
  for (const { introduction, sessions } of keys.speakingFor(authKeyId)) {
    if (!introduction) continue;
    const body = encodeObject(schemas.layer(introduction.layer), update);
    for (const session of sessions.values())
      if (session.wantsUpdates && session.link.isOpen()) outbox.post(session, { body, isContent: true });
  }
}
