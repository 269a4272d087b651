import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { abandonOverdue, createConnect, providerOf } from "@patchbay/core/connect";
import { createCredentials } from "@patchbay/core/credentials";
import {
  claimInstallation,
  createAttempts,
  createConnections,
  createCredentialStore,
  createDepartures,
  createEndings,
  createReadings,
  createWalks,
  createWebhookEvents,
  migrate,
  openDatabase,
  openNews,
  type News,
  type OpenDatabase,
} from "@patchbay/core/db";
import { createDisconnect, createRevoker } from "@patchbay/core/disconnect";
import { createGate } from "@patchbay/core/http";
import { createRegistry } from "@patchbay/core/providers";
import { createGateway, telegram } from "@patchbay/core/telegram";
import { createSeals, createVault, type Seals } from "@patchbay/core/vault";
import { createReceiver, handleWebhooks, subscribeWebhooks, webhookAddress } from "@patchbay/core/webhooks";
import { createApp } from "./app.ts";
import type { Calls } from "./calls.ts";
import { readConfig, type Config } from "./config/config.ts";
import { createCallers } from "./http/caller.ts";
import { createBeginLane } from "./lane/begin.ts";
import { createLanes } from "./lane/lane.ts";
import { createTokenLane } from "./lane/token.ts";
import { createTrpcLane } from "./lane/trpc.ts";
import { createWebhookLane } from "./lane/webhook.ts";
import { createSecurityHeaders } from "./http/security.ts";
import { createAdmission } from "./service/admit.ts";
import { startWorker, type Worker } from "./jobs/worker.ts";
import { runUntilSignal } from "./lifetime.ts";
import { createLog, logFailure, type Log } from "./log.ts";
import { createPage } from "./page/page.ts";
import { createSignIn } from "./sign-in/sign-in.ts";

export interface Running {
  /** Where it listens, on this machine. */
  url: string;
  /** Lets requests that run come to their end, then stops the background work and closes the database. */
  stop(): Promise<void>;
}

/** What every process of Patchbay is made of. */
async function build(config: Config, log: Log) {
  const database = openDatabase(config.databaseUrl);
  try {
    await migrate(database.db, database.pool);
    const vault = createVault(config.keys);
    await claimInstallation(database.db, vault, config.sandboxUrl === undefined ? "live" : "sandbox");
    return { config, log, database, ...assemble(config, log, { database, seals: createSeals(vault) }) };
  } catch (failure) {
    await database.close();
    throw failure;
  }
}

type Built = Awaited<ReturnType<typeof build>>;

function assemble(config: Config, log: Log, { database, seals }: { database: OpenDatabase; seals: Seals }) {
  const { clients, telegram: registration } = config.providers;
  const registry = createRegistry(
    clients,
    createGate({ sandbox: config.sandboxUrl }),
    registration && telegram(registration, createGateway(registration)),
  );
  const credentials = createCredentials({
    store: createCredentialStore(database.db),
    registry,
    seals,
    report: (failure, { id, provider }) => logFailure(log, failure, { credential: id, provider }),
  });
  const revoker = createRevoker({
    endings: createEndings(database.db),
    registry,
    seals,
    webhookAddress: ({ provider, id }) => webhookAddress(config.publicUrl, providerOf(registry, provider), id),
  });
  const readings = createReadings(database.db, {
    tell: ({ cause, ...counts }) => log.error({ ...counts, err: cause }, "readings not written to the audit"),
  });
  const [walks, events] = [createWalks(database.db), createWebhookEvents(database.db)];
  return { seals, registry, credentials, readings, revoker, walks, events };
}

/** Serves, and works in the background as far as it is configured to. Throws `WrongDatabase`, or what the port says. */
export async function start(config: Config, log: Log): Promise<Running> {
  const built = await build(config, log);
  const { database } = built;
  const closing: (() => Promise<unknown>)[] = [() => built.readings.stop(), () => database.close()];
  try {
    const news = await openNews({ url: config.databaseUrl, lost: (err) => log.warn({ err }, "no news") });
    closing.unshift(() => news.close());
    const stopping = new AbortController();
    const calls = createCalls(built, news, stopping.signal);
    const admission = createAdmission(config.serviceKeys, config.serviceCallsPerMinute);
    const app = createApp({
      config,
      calls,
      admission,
      page: await createPage({ directory: config.pageDirectory, publicUrl: config.publicUrl }),
      health: { ready: async () => !stopping.signal.aborted && (await database.answers()) },
    });
    const { origin, protocol } = config.publicUrl;
    const listener = createLanes({
      lanes: [
        createTokenLane(calls, admission),
        createTrpcLane(calls, origin),
        createWebhookLane(calls),
        createBeginLane(calls, origin),
      ],
      securityHeaders: createSecurityHeaders(protocol === "https:"),
      log,
      app,
    });
    const http = await listen(createServer(listener), config.port);
    const worker = config.workers > 0 ? await work(built) : undefined;
    return {
      url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
      async stop() {
        stopping.abort();
        await Promise.all([drain(http), worker?.stop()]);
        for (const close of closing) await close();
      },
    };
  } catch (failure) {
    for (const close of closing) await close();
    throw failure;
  }
}

/** Works in the background and serves nothing. */
export async function startWorkerAlone(config: Config, log: Log): Promise<{ stop(): Promise<void> }> {
  const built = await build({ ...config, workers: Math.max(1, config.workers) }, log);
  try {
    const worker = await work(built);
    return {
      async stop() {
        await worker.stop();
        await built.database.close();
      },
    };
  } catch (failure) {
    await built.database.close();
    throw failure;
  }
}

function createCalls({ config, log, database, ...built }: Built, news: News, stopping: AbortSignal): Calls {
  const { registry, seals, walks, revoker, credentials, readings, events } = built;
  return {
    connect: createConnect({ registry, attempts: createAttempts(database.db), walks, seals }),
    disconnect: createDisconnect({ departures: createDepartures(database.db), revoker, registry }),
    connections: createConnections(database.db),
    credentials,
    readings,
    news,
    receiver: createReceiver({ registry, events }),
    registry,
    callers: createCallers({ authSecret: config.authSecret, secure: config.publicUrl.protocol === "https:" }),
    signIn: createSignIn({ ...config, db: database.db, log }),
    log,
    stopping,
    returnsToPage: (id) => registry.get(id)?.provider?.redirectUri === `${config.publicUrl.origin}/integrations`,
  };
}

function work({ config, log, database, ...built }: Built): Promise<Worker> {
  const { registry, seals, walks, revoker, credentials, events } = built;
  return startWorker({
    database,
    revoker,
    credentials,
    subscribe: async (id) => {
      const refusal = await subscribeWebhooks(
        { fresh: (held) => credentials.use(held), publicUrl: config.publicUrl },
        id,
      );
      if (refusal) logFailure(log, refusal, { credential: id });
    },
    handleWebhooks: () => handleWebhooks({ registry, events }),
    abandonOverdue: () => abandonOverdue({ registry, walks, seals }),
    log,
    concurrency: config.workers,
  });
}

function listen(server: HttpServer, port: number): Promise<HttpServer> {
  // Longer than what stands in front keeps its connections, so that it is never the one to find them closed.
  server.keepAliveTimeout = 75_000;
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, () => resolve(server));
  });
}

const drainMs = 15_000;

async function drain(server: HttpServer): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), drainMs);
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeIdleConnections();
  });
  clearTimeout(late);
}

if (import.meta.main) {
  const alone = process.argv[2] === "worker";
  await runUntilSignal(async () => {
    const config = readConfig(process.env);
    const log = createLog(config.logLevel);
    const running = alone ? await startWorkerAlone(config, log) : await start(config, log);
    log.info({ url: alone ? undefined : config.publicUrl.origin, sandbox: config.sandboxUrl !== undefined }, "ready");
    for (const [provider, lacks] of Object.entries(config.providers.missing)) {
      log.warn({ provider, lacks }, "not configured");
    }
    return running;
  });
}
