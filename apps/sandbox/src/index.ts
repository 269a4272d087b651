import { once } from "node:events";
import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createClock } from "./clock.ts";
import type { Control } from "./control/control.ts";
import { createFaults } from "./faults.ts";
import { createLedger } from "./ledger.ts";
import type { Patch } from "./patch.ts";
import { registry } from "./providers/registry.ts";
import { createServer } from "./server.ts";

export interface SandboxOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** The origins of the app whose redirect URIs are registered, such as `http://localhost:3000`. */
  readonly appOrigins: readonly string[];
  /** Switches to begin with, by provider, as `POST /_/set` takes them. */
  readonly settings?: Readonly<Record<string, Patch>>;
  readonly log?: (line: string) => void;
}

export interface Sandbox {
  readonly url: string;
  close(): Promise<void>;
}

const address = "127.0.0.1";

/** Starts a server that plays the providers until it is closed; all that it knows is in memory. */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const server = createHttpServer(createServer(compose(options), options.log ?? (() => undefined)));
  server.keepAliveTimeout = 60_000;
  server.listen(options.port, address);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://${address}:${port}`, close: () => close(server) };
}

function compose({ appOrigins, settings = {} }: SandboxOptions): Control {
  const clock = createClock();
  const origins = appOrigins.map((origin) => new URL(origin).origin);
  const faces = Object.entries(registry).map(([id, create]) =>
    create({ id, clock, origins, settings: settings[id] ?? {} }),
  );
  const ledger = createLedger(clock, () => faces.map(({ id }) => id));
  return { clock, origins, faces, ledger, faults: createFaults() };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
