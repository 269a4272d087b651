import type { ServerClock } from "./clock.ts";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { RpcHandler, TlObject } from "./rpc.ts";
import { createMtprotoFaults, type MtprotoFaults } from "./faults.ts";
import type { DataCentre } from "./data-centres.ts";
import type { ServerContext } from "./server-context.ts";
import { createAuthKeyStore } from "./auth-keys.ts";
import { openConnection } from "./connection.ts";
import { createMessageQueue } from "./message-queue.ts";
import { type AuthKey, getLoginKey } from "./state.ts";
import { parseRsaKey } from "./crypto/rsa.ts";
import { encodeObject } from "./tl/encode.ts";
import { loadSchemas } from "./tl/load-schemas.ts";

/** How an MTProto server is started. */
export interface MtprotoServerOptions {
  /** The data centres, each with the address that clients are told and that the SOCKS5 proxy leads to this server. */
  readonly dcs: readonly DataCentre[];
  /** The loopback port of the first data centre; the others take the ports after it. 0 or nothing takes free ports. */
  readonly port?: number;
  /** PEM of the RSA private key. */
  readonly rsaKey: string;
  readonly handler: RpcHandler;
  readonly clock?: ServerClock;
  readonly faults?: MtprotoFaults;
  readonly log?: (line: string) => void;
}

/** A running MTProto server. */
export interface MtprotoServer {
  close(): Promise<void>;
  /** Sends an update to every open connection of an authorization key, in the layer of each client. */
  push(authKeyId: string, update: TlObject): void;
  /** Forgets every key, as a server that was set up anew. */
  forgetKeys(): void;
  openConnections(): number;
  /** The loopback port of a data centre. */
  readonly portOf: (dc: number) => number | undefined;
}

const address = "127.0.0.1";

/** Starts an MTProto 2.0 server with one listener for each data centre. The handler answers the methods of the API. */
export async function createMtprotoServer(options: MtprotoServerOptions): Promise<MtprotoServer> {
  const server = await createServerContext(options);
  const sockets = new Set<Socket>();
  const listeners = new Map<number, Server>();
  for (const [index, { id }] of options.dcs.entries()) {
    const listener = createServer((socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      openConnection(server, id, socket);
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
    push: (authKeyId, update) => push(server, authKeyId, update),
    forgetKeys: () => {
      for (const key of server.keys.listAll()) server.destroyKey(key);
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

async function createServerContext(options: MtprotoServerOptions): Promise<ServerContext> {
  const { dcs, handler, rsaKey, clock = Date, faults = createMtprotoFaults(), log = () => undefined } = options;
  const schemas = await loadSchemas();
  const keys = createAuthKeyStore(clock);
  const outbox = createMessageQueue(schemas.protocol, clock);

  function destroy(key: AuthKey): void {
    const bound = key.expiresAtMs === undefined ? keys.listForLogin(key.id) : [];
    for (const gone of [key, ...bound]) keys.delete(gone);
    if (getLoginKey(key) === key) handler.onKeyDestroyed?.(key.id);
  }

  return {
    dcs,
    schemas,
    keys,
    rsa: parseRsaKey(rsaKey),
    handler,
    clock,
    faults,
    queue: outbox,
    log,
    destroyKey: destroy,
  };
}

function push({ keys, queue: outbox, schemas }: ServerContext, authKeyId: string, update: TlObject): void {
  for (const { clientInfo: introduction, sessions } of keys.listForLogin(authKeyId)) {
    if (!introduction) continue;
    const body = encodeObject(schemas.layer(introduction.layer), update);
    for (const session of sessions.values())
      if (session.wantsUpdates && session.connection.isOpen()) outbox.enqueue(session, { body, isContent: true });
  }
}
