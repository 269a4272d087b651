import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { isAddressUnknown, parseGreeting, parseRequest, reply, replies, type SocksRequest } from "./socks5-wire.ts";

export interface Socks5Options {
  /** 0 takes any free port. */
  readonly port: number;
  /** The loopback port behind a destination; undefined refuses it. Nothing else is ever dialled. */
  readonly route: (host: string, port: number) => number | undefined;
}

export interface Socks5Front {
  readonly port: number;
  /** Every destination that was asked for, with the reply that it got: the proof that nothing went out. */
  asked(): readonly { readonly host: string; readonly port: number; readonly reply: number }[];
  openConnections(): number;
  close(): Promise<void>;
}

const address = "127.0.0.1";
const kept = 1000;

/** A SOCKS5 front (RFC 1928, no authentication, CONNECT) whose whole world is a map of addresses to loopback ports. */
export async function createSocks5Front({ port, route }: Socks5Options): Promise<Socks5Front> {
  const sockets = new Set<Socket>();
  const log: { host: string; port: number; reply: number }[] = [];

  function track(socket: Socket): Socket {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    return socket;
  }

  async function lead(socket: Socket, request: SocksRequest): Promise<number> {
    if (request.command !== "connect") return replies.commandUnknown;
    if (isAddressUnknown(request)) return replies.addressUnknown;
    const target = route(request.host, request.port);
    if (target === undefined) return replies.notAllowed;
    // The server behind sees where the client is, as it would without this front.
    const localAddress = socket.remoteAddress;
    return join(socket, track(connect({ port: target, host: address, ...(localAddress && { localAddress }) })));
  }

  const server = createServer((socket) => {
    greet(track(socket), async (request) => {
      const code = await lead(socket, request);
      log.push({ host: request.host, port: request.port, reply: code });
      if (log.length > kept) log.shift();
      if (code !== replies.succeeded) socket.end(reply(code));
    });
  });
  server.listen(port, address);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    asked: () => log,
    openConnections: () => sockets.size,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Reads greeting and request, however they are cut, and leaves the stream at the first byte after them. */
function greet(socket: Socket, onRequest: (request: SocksRequest) => Promise<void>): void {
  let arrived: Buffer = Buffer.alloc(0);
  let isGreeted = false;

  function onData(chunk: Buffer): void {
    arrived = Buffer.concat([arrived, chunk]);
    if (!isGreeted) {
      const greeting = parseGreeting(arrived);
      if (greeting === "wrong") return void socket.destroy();
      if (!greeting) return;
      isGreeted = true;
      arrived = arrived.subarray(greeting.length);
      socket.write(Buffer.from([5, greeting.offersNone ? 0 : 0xff]));
      if (!greeting.offersNone) return void socket.end();
    }
    const request = parseRequest(arrived);
    if (!request) return;
    socket.off("data", onData).pause();
    socket.unshift(arrived.subarray(request.length));
    void onRequest(request);
  }

  socket.on("data", onData);
}

async function join(near: Socket, far: Socket): Promise<number> {
  try {
    await once(far, "connect");
  } catch {
    return replies.refused;
  }
  if (near.destroyed) far.destroy();
  near.write(reply(replies.succeeded));
  near.pipe(far).pipe(near);
  near.on("close", () => far.destroy());
  far.on("close", () => near.destroy());
  return replies.succeeded;
}
