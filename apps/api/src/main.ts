import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { abandonOverdue, createConnect } from "@patchbay/core/connect";
import {
  claimInstallation,
  createAttempts,
  createConnections,
  createDepartures,
  createEndings,
  createWalks,
  migrate,
  openDatabase,
} from "@patchbay/core/db";
import { createDisconnect, createRevoker } from "@patchbay/core/disconnect";
import { createGate } from "@patchbay/core/http";
import { createRegistry } from "@patchbay/core/providers";
import { createGateway, telegram } from "@patchbay/core/telegram";
import { createSeals, createVault } from "@patchbay/core/vault";
import { createApp } from "./app.ts";
import type { Calls } from "./calls.ts";
import { readConfig, type Config } from "./config/config.ts";
import { createCallers } from "./http/caller.ts";
import { startWorker } from "./jobs/worker.ts";
import { runUntilSignal } from "./lifetime.ts";
import { createLog, type Log } from "./log.ts";
import { createPage } from "./page/page.ts";
import { createSignIn } from "./sign-in/sign-in.ts";

export interface Running {
  /** Where it listens, on this machine. */
  url: string;
  /** Lets requests that run come to their end, then stops the background work and closes the database. */
  stop(): Promise<void>;
}

/** Builds everything and serves it. Throws `WrongDatabase`, or what the database or the port says. */
export async function start(config: Config, log: Log): Promise<Running> {
  const database = openDatabase(config.databaseUrl);
  try {
    await migrate(database.db, database.pool);
    const vault = createVault(config.keys);
    await claimInstallation(database.db, vault, config.sandboxUrl === undefined ? "live" : "sandbox");
    const seals = createSeals(vault);
    const { clients, telegram: registration } = config.providers;
    const registry = createRegistry(
      clients,
      createGate({ sandbox: config.sandboxUrl }),
      registration && telegram(registration, createGateway(registration)),
    );
    const revoker = createRevoker({ endings: createEndings(database.db), registry, seals });
    const walks = createWalks(database.db);
    const stopping = new AbortController();
    const calls: Calls = {
      connect: createConnect({ registry, attempts: createAttempts(database.db), walks, seals }),
      disconnect: createDisconnect({ departures: createDepartures(database.db), revoker, registry }),
      connections: createConnections(database.db),
      registry,
      callers: createCallers({ authSecret: config.authSecret, secure: config.publicUrl.protocol === "https:" }),
      signIn: createSignIn({ ...config, db: database.db, log }),
      log,
      stopping: stopping.signal,
      returnsToPage: (id) => registry.get(id)?.provider?.redirectUri === `${config.publicUrl.origin}/integrations`,
    };
    const app = createApp({
      config,
      calls,
      page: await createPage({ directory: config.pageDirectory, publicUrl: config.publicUrl }),
      health: { ready: async () => !stopping.signal.aborted && (await database.answers()) },
    });
    const http = await listen(createServer(app), config.port);
    const worker = await startWorker({
      database,
      revoker,
      abandonOverdue: () => abandonOverdue({ registry, walks, seals }),
      log,
    });
    return {
      url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
      async stop() {
        stopping.abort();
        await Promise.all([drain(http), worker.stop()]);
        await database.close();
      },
    };
  } catch (failure) {
    await database.close();
    throw failure;
  }
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
  await runUntilSignal(async () => {
    const config = readConfig(process.env);
    const log = createLog(config.logLevel);
    const running = await start(config, log);
    log.info({ url: config.publicUrl.origin, sandbox: config.sandboxUrl !== undefined }, "ready");
    for (const [provider, lacks] of Object.entries(config.providers.missing)) {
      log.warn({ provider, lacks }, "not configured");
    }
    return running;
  });
}
