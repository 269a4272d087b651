import { once } from "node:events";
import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createClock } from "./clock.ts";
import type { ControlDeps } from "./control/handlers.ts";
import type { SimulatedProvider } from "./provider.ts";
import { createFaultStore } from "./http/faults.ts";
import { createRequestLog } from "./logs/request-log.ts";
import type { Patch } from "./patch.ts";
import { registry } from "./providers/registry.ts";
import { createRefreshLog } from "./logs/refresh-log.ts";
import { createServer } from "./http/server.ts";
import { startTelegram, type Telegram, type TelegramApp } from "./telegram/telegram.ts";
import { createWebhookSender } from "./webhooks/sender.ts";

/** How a sandbox is started. */
export interface SandboxOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** The origins of the app, such as `http://localhost:3000`. Their redirect URIs are registered at each provider. */
  readonly appOrigins: readonly string[];
  /** The port of Telegram's proxy; 0 takes a free port. Without it the sandbox plays no Telegram. */
  readonly telegramPort?: number | undefined;
  /** The switches of each provider at the start, as `POST /_/set` takes them. */
  readonly settings?: Readonly<Record<string, Patch>>;
  readonly log?: (line: string) => void;
}

/** A running sandbox. */
export interface Sandbox {
  readonly url: string;
  readonly telegram?: TelegramApp;
  close(): Promise<void>;
}

const listenAddress = "127.0.0.1";

/** Starts a server that plays the providers until it is closed. It keeps everything in memory. */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const control = await createParts(options);
  const log = options.log ?? (() => undefined);
  const telegram = await addTelegram(control, { ...options, log });
  const stop = async (): Promise<void> => {
    control.webhookSender.close();
    await telegram?.close();
  };
  const server = createHttpServer(createServer({ ...control, telegram }, log));
  server.keepAliveTimeout = 60_000;
  server.listen(options.port, listenAddress);
  await once(server, "listening").catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${listenAddress}:${port}`,
    ...(telegram && { telegram: telegram.app }),
    close: async () => void (await Promise.all([closeServer(server), stop()])),
  };
}

type SandboxParts = ControlDeps & { readonly providers: SimulatedProvider[] };

async function createParts({ appOrigins, settings = {} }: SandboxOptions): Promise<SandboxParts> {
  const clock = createClock();
  const webhookSender = createWebhookSender(clock);
  const origins = appOrigins.map((origin) => new URL(origin).origin);
  const providers = await Promise.all(
    Object.entries(registry).map(([id, { create }]) =>
      create({ id, clock, origins, webhookSender, settings: settings[id] ?? {} }),
    ),
  );
  const requestLog = createRequestLog(clock, () => providers.map(({ id }) => id));
  const refreshLog = createRefreshLog(clock, () => providers.map(({ id }) => id));
  return { clock, origins, providers, requestLog, refreshLog, webhookSender, faults: createFaultStore() };
}

/** Starts Telegram, which is a server of its own and shares the control API with the other providers. */
async function addTelegram(
  control: SandboxParts,
  { telegramPort: port, settings = {}, log }: SandboxOptions & { readonly log: (line: string) => void },
): Promise<Telegram | undefined> {
  if (port === undefined) return undefined;
  const { clock, faults, requestLog, providers } = control;
  const telegram = await startTelegram({ port, clock, faults, requestLog, settings: settings["telegram"] ?? {}, log });
  providers.push(telegram.provider);
  return telegram;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
