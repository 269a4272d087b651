import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** What stands between the product and PostgreSQL, and can fall silent: it then takes what comes, and gives nothing. */
export interface Proxy extends AsyncDisposable {
  /** The address of a database by this way. */
  through(databaseUrl: string): string;
  /** Those that there are stay open and say nothing any more. `all`: those to come neither. */
  silence(all?: boolean): void;
  /** New connections pass again. */
  open(): void;
  /** How many silent connections the product still holds. */
  held(): number;
}

export async function createProxy(databaseUrl: string): Promise<Proxy> {
  const target = new URL(databaseUrl);
  const open = new Set<Socket>();
  const silent = new Set<Socket>();
  let swallows = false;

  const server = createServer((socket) => {
    socket.on("error", () => {}).on("close", () => [open, silent].forEach((set) => set.delete(socket)));
    if (swallows) return void silent.add(socket.resume());
    open.add(socket);
    const database = connect(Number(target.port), target.hostname);
    database.on("error", () => socket.destroy()).on("close", () => silent.has(socket) || socket.destroy());
    socket.on("close", () => database.destroy());
    socket.on("data", (chunk) => silent.has(socket) || database.write(chunk));
    database.on("data", (chunk) => silent.has(socket) || socket.write(chunk));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    through(url) {
      const address = new URL(url);
      address.host = `127.0.0.1:${port}`;
      return address.href;
    },
    silence(all = false) {
      swallows = all;
      for (const socket of open) silent.add(socket);
    },
    open: () => void (swallows = false),
    held: () => silent.size,
    async [Symbol.asyncDispose]() {
      for (const socket of [...open, ...silent]) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
