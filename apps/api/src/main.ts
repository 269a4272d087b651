import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { openNotifications } from "@patchbay/core/db";
import { compose, composeServices, composeWorker } from "./compose.ts";
import { readConfig, defaultWorkers, type Config } from "./config/config.ts";
import { describeExposure } from "./config/exposure.ts";
import { localUrl } from "./config/local-url.ts";
import { forgetSecrets } from "./config/secrets.ts";
import { closeConnectionsOnShutdown } from "./http/close-connections-on-shutdown.ts";
import { createLog, type Log } from "./log.ts";
import { createPage } from "./page/page.ts";
import { redirectConsole } from "./redirect-console.ts";
import { runUntilSignal } from "./run-until-signal.ts";
import { createListener, drainServer, listenAt } from "./server.ts";
import { closeAll, drainMs, shutDown, type Closing } from "./shutdown.ts";

/** A process that serves. */
export interface Running {
  /** Its address on this machine. */
  url: string;
  /** Lets requests, jobs and everything that may hold a grant end, then closes the database. Never throws. */
  stop(): Promise<void>;
}

const neverAborted = new AbortController().signal;

/** Starts a process that serves, and works in the background if `WORKERS` says so. Throws `WrongDatabase`, or the error of the port. */
export async function start(config: Config, log: Log, signal = neverAborted): Promise<Running> {
  const core = await compose(config, log, signal);
  const { database, inFlight } = core;
  const closing: Closing = [() => core.accessAudit.stop(), () => database.close()];
  try {
    const notifications = await openNotifications({
      url: config.databaseUrl,
      schema: config.databaseSchema,
      lost: (err) => log.warn({ err }, "notification listener disconnected"),
    });
    closing.unshift(() => notifications.close());
    const stopping = new AbortController();
    const services = composeServices(core, notifications, stopping.signal);
    const page = await createPage({ ...config, directory: config.pageDirectory, log });
    const health = { ready: async () => !stopping.signal.aborted && (await database.checkReadiness()) === "ready" };
    const listener = createListener({ config, services, page, health });
    const http = await listenAt(createServer(closeConnectionsOnShutdown(listener, stopping.signal)), config);
    closing.unshift(() => drainServer(http, 0));
    const worker = config.workers > 0 ? await composeWorker(core) : undefined;
    return {
      url: localUrl({ host: config.host, port: (http.address() as AddressInfo).port }),
      async stop() {
        stopping.abort();
        await shutDown({ inFlight, log, closing }, Promise.all([drainServer(http, drainMs), worker?.stop()]));
      },
    };
  } catch (failure) {
    await closeAll(closing, log);
    throw failure;
  }
}

/** Starts a process that works in the background and serves nothing. It ignores `WORKERS=0`, which a shared .env says to the API. */
export async function startWorkerAlone(
  config: Config,
  log: Log,
  signal = neverAborted,
): Promise<{ stop(): Promise<void> }> {
  const core = await compose({ ...config, workers: config.workers || defaultWorkers }, log, signal);
  try {
    const worker = await composeWorker(core);
    return {
      stop: () => shutDown({ inFlight: core.inFlight, log, closing: [() => core.database.close()] }, worker.stop()),
    };
  } catch (failure) {
    await core.database.close();
    throw failure;
  }
}

if (import.meta.main) {
  const alone = process.argv[2] === "worker";
  await runUntilSignal(async (signal) => {
    const config = readConfig(process.env);
    forgetSecrets(process.env);
    const log = createLog(config.logLevel);
    redirectConsole(log);
    const running = alone ? await startWorkerAlone(config, log, signal) : await start(config, log, signal);
    log.info({ url: alone ? undefined : config.publicUrl.origin, sandbox: config.sandboxUrl !== undefined }, "ready");
    for (const sentence of describeExposure(config)) log.warn(sentence);
    for (const [provider, lacks] of Object.entries(config.providers.missing)) {
      log.warn({ provider, lacks }, "not configured");
    }
    return running;
  });
}
