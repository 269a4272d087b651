import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import {
  isAddressUnknown,
  parseGreeting,
  parseRequest,
  encodeReply,
  replyCodes,
  type SocksRequest,
} from "./protocol.ts";

/** Where the proxy listens and where it leads. */
export interface Socks5ProxyOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Gives the loopback port behind a destination. Undefined refuses the destination: the proxy connects to nothing else. */
  readonly route: (host: string, port: number) => number | undefined;
}

/** A running SOCKS5 proxy. */
export interface Socks5Proxy {
  readonly port: number;
  /** The destinations that clients asked for, with the replies. They prove that no connection left this machine. */
  listRequests(): readonly { readonly host: string; readonly port: number; readonly reply: number }[];
  openConnections(): number;
  close(): Promise<void>;
}

const address = "127.0.0.1";
const maxLoggedRequests = 1000;

/** Starts a SOCKS5 proxy (RFC 1928, no authentication, CONNECT) that leads known addresses to loopback ports and refuses all others. */
export async function createSocks5Proxy({ port, route }: Socks5ProxyOptions): Promise<Socks5Proxy> {
  const sockets = new Set<Socket>();
  const log: { host: string; port: number; reply: number }[] = [];

  function track(socket: Socket): Socket {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    return socket;
  }

  async function connectTarget(socket: Socket, request: SocksRequest): Promise<number> {
    if (request.command !== "connect") return replyCodes.commandUnknown;
    if (isAddressUnknown(request)) return replyCodes.addressUnknown;
    const target = route(request.host, request.port);
    if (target === undefined) return replyCodes.notAllowed;
    // The server then sees the client's own address, as it would without the proxy.
    const localAddress = socket.remoteAddress;
    return pipeBothWays(socket, track(connect({ port: target, host: address, ...(localAddress && { localAddress }) })));
  }

  const server = createServer((socket) => {
    negotiate(track(socket), async (request) => {
      const code = await connectTarget(socket, request);
      log.push({ host: request.host, port: request.port, reply: code });
      if (log.length > maxLoggedRequests) log.shift();
      if (code !== replyCodes.succeeded) socket.end(encodeReply(code));
    });
  });
  server.listen(port, address);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    listRequests: () => log,
    openConnections: () => sockets.size,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Reads greeting and request, in whatever pieces they arrive, and leaves the stream at the first byte after them. */
function negotiate(socket: Socket, onRequest: (request: SocksRequest) => Promise<void>): void {
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

async function pipeBothWays(near: Socket, far: Socket): Promise<number> {
  try {
    await once(far, "connect");
  } catch {
    return replyCodes.refused;
  }
  if (near.destroyed) far.destroy();
  near.write(encodeReply(replyCodes.succeeded));
  near.pipe(far).pipe(near);
  near.on("close", () => far.destroy());
  far.on("close", () => near.destroy());
  return replyCodes.succeeded;
}
