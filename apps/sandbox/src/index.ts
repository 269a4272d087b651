import { once } from "node:events";
import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createClock } from "./clock.ts";
import type { Control } from "./control/control.ts";
import type { Face } from "./face.ts";
import { createFaults } from "./faults.ts";
import { createLedger } from "./ledger.ts";
import type { Patch } from "./patch.ts";
import { registry } from "./providers/registry.ts";
import { createRefreshes } from "./refreshes.ts";
import { createServer } from "./server.ts";
import { startTelegram, type Telegram, type TelegramApp } from "./telegram/telegram.ts";
import { createOutbox } from "./webhooks/outbox.ts";

export interface SandboxOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** The origins of the app whose redirect URIs are registered, such as `http://localhost:3000`. */
  readonly appOrigins: readonly string[];
  /** Where Telegram's proxy listens; 0 takes any free port. Without it there is no Telegram. */
  readonly telegramPort?: number | undefined;
  /** Switches to begin with, by provider, as `POST /_/set` takes them. */
  readonly settings?: Readonly<Record<string, Patch>>;
  readonly log?: (line: string) => void;
}

export interface Sandbox {
  readonly url: string;
  readonly telegram?: TelegramApp;
  close(): Promise<void>;
}

const address = "127.0.0.1";

/** Starts a server that plays the providers until it is closed; all that it knows is in memory. */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const control = await compose(options);
  const log = options.log ?? (() => undefined);
  const telegram = await addTelegram(control, { ...options, log });
  const stop = async (): Promise<void> => {
    control.outbox.close();
    await telegram?.close();
  };
  const server = createHttpServer(createServer({ ...control, telegram }, log));
  server.keepAliveTimeout = 60_000;
  server.listen(options.port, address);
  await once(server, "listening").catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address}:${port}`,
    ...(telegram && { telegram: telegram.app }),
    close: async () => void (await Promise.all([close(server), stop()])),
  };
}

type Composition = Control & { readonly faces: Face[] };

async function compose({ appOrigins, settings = {} }: SandboxOptions): Promise<Composition> {
  const clock = createClock();
  const outbox = createOutbox(clock);
  const origins = appOrigins.map((origin) => new URL(origin).origin);
  const faces = await Promise.all(
    Object.entries(registry).map(async ([id, create]) =>
      create({ id, clock, origins, outbox, settings: settings[id] ?? {} }),
    ),
  );
  const ledger = createLedger(clock, () => faces.map(({ id }) => id));
  const refreshes = createRefreshes(clock, () => faces.map(({ id }) => id));
  return { clock, origins, faces, ledger, refreshes, outbox, faults: createFaults() };
}

/** Telegram is no host among others but a server of its own, which shares the control door with them. */
async function addTelegram(
  control: Composition,
  { telegramPort: port, settings = {}, log }: SandboxOptions & { readonly log: (line: string) => void },
): Promise<Telegram | undefined> {
  if (port === undefined) return undefined;
  const { clock, faults, ledger, faces } = control;
  const telegram = await startTelegram({ port, clock, faults, ledger, settings: settings["telegram"] ?? {}, log });
  faces.push(telegram.face);
  return telegram;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
