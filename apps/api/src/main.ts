import { createServer, type RequestListener, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { abandonOverdueLogins, createConnect } from "@patchbay/core/connect";
import { listApps, getProvider } from "@patchbay/core/registry";
import { createCredentials } from "@patchbay/core/credentials";
import {
  asWrongDatabase,
  claimInstallation,
  createAttemptStore,
  createConnections,
  createCredentialStore,
  createConnectionRemoval,
  createRevocationStore,
  createPasswordTries,
  createAccessAudit,
  createWebhookEvents,
  openDatabase,
  openNotifications,
  type Notifications,
  type OpenDatabase,
} from "@patchbay/core/db";
import { createDisconnect, createRevoker } from "@patchbay/core/disconnect";
import type { ConnectError } from "@patchbay/core/errors";
import { createProviderHttp } from "@patchbay/core/http";
import { createRegistry } from "@patchbay/core/providers";
import { createGateway, telegram } from "@patchbay/core/telegram";
import { createSeals, createVault, type Seals } from "@patchbay/core/vault";
import { createReceiver, handleWebhooks, subscribeWebhooks, webhookAddress } from "@patchbay/core/webhooks";
import { createApp, type AppDeps } from "./app.ts";
import type { Services } from "./services.ts";
import { readConfig, usualWorkers, type Config } from "./config/config.ts";
import { describeExposure } from "./config/exposure.ts";
import { localUrl } from "./config/local-url.ts";
import { forgetSecrets } from "./config/secrets.ts";
import { redirectConsole } from "./redirect-console.ts";
import { createSessions } from "./http/session.ts";
import { createInstallTokens } from "./http/install-tokens.ts";
import { closeConnectionsOnShutdown } from "./http/close-connections-on-shutdown.ts";
import { createBeginRoute } from "./fast-path/begin.ts";
import { createFastPath } from "./fast-path/fast-path.ts";
import { createTokenRoute } from "./fast-path/token.ts";
import { createTrpcQueryRoute } from "./fast-path/trpc-queries.ts";
import { createWebhookRoute } from "./fast-path/webhook.ts";
import { createGetClientAddress } from "./http/client-address.ts";
import { createOriginPolicy } from "./http/origin-policy.ts";
import { buildSecurityHeaders } from "./http/security.ts";
import { createServiceKeyAuth } from "./backend-api/service-key-auth.ts";
import { createInFlight } from "./in-flight.ts";
import type { Worker } from "./jobs/worker.ts";
import { runUntilSignal, settlesWithin } from "./run-until-signal.ts";
import { createLog, logFailure, type Log } from "./log.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { createPage } from "./page/page.ts";
import { createSignIn } from "./sign-in/sign-in.ts";
import { createAppRouter } from "./trpc/router.ts";
import { createStreams } from "./trpc/streams.ts";

export interface Running {
  /** Where it listens, on this machine. */
  url: string;
  /** Lets requests, jobs and whatever may hold a grant come to their end, then closes the database. Never throws. */
  stop(): Promise<void>;
}

/** What every process of Patchbay is made of. */
async function build(config: Config, log: Log, signal: AbortSignal) {
  const { databaseUrl: url } = config;
  const database = openDatabase(url);
  try {
    await prepareDatabase(database, config, { log, signal });
    const vault = createVault(config.keys);
    await claimInstallation(database.db, vault, config.sandboxUrl === undefined ? "live" : "sandbox");
    return { config, log, database, ...assemble(config, log, { database, seals: createSeals(vault) }) };
  } catch (failure) {
    await database.close();
    throw asWrongDatabase(failure, url);
  }
}

type Built = Awaited<ReturnType<typeof build>>;

function assemble(config: Config, log: Log, { database, seals }: { database: OpenDatabase; seals: Seals }) {
  const { clients, telegram: registration } = config.providers;
  const registry = createRegistry(
    clients,
    createProviderHttp({ sandbox: config.sandboxUrl, proxy: config.proxy }),
    registration && telegram(registration, createGateway(registration)),
  );
  const inFlight = createInFlight();
  const report = (failure: ConnectError, { id, provider }: { id: string; provider: string }) =>
    logFailure(log, failure, { credential: id, provider });
  const store = createCredentialStore(database.db);
  const credentials = inFlight.track(
    createCredentials({
      store,
      registry,
      seals,
      report,
      trackInBackground: inFlight.trackInBackground,
    }),
  );
  const revoker = createRevoker({
    store,
    revocations: createRevocationStore(database.db),
    registry,
    seals,
    webhookAddress: ({ provider, id }) => webhookAddress(config.publicUrl, getProvider(registry, provider), id),
    report,
    trackInBackground: inFlight.trackInBackground,
  });
  const readings = createAccessAudit(database.db, {
    tell: ({ cause, ...counts }) => log.error({ ...counts, err: cause }, "audit not written"),
  });
  const attempts = createAttemptStore(database.db, config.codeLimits);
  const events = createWebhookEvents(database.db);
  return { inFlight, seals, registry, credentials, readings, revoker, attempts, events };
}

/** Of a start that nobody interrupts. */
const notTold = new AbortController().signal;

/** Serves, and works in the background as far as it is configured to. Throws `WrongDatabase`, or what the port says. */
export async function start(config: Config, log: Log, signal = notTold): Promise<Running> {
  const built = await build(config, log, signal);
  const { database } = built;
  const closing: Closing = [() => built.readings.stop(), () => database.close()];
  try {
    const news = await openNotifications({
      url: config.databaseUrl,
      lost: (err) => log.warn({ err }, "notification listener disconnected"),
    });
    closing.unshift(() => news.close());
    const stopping = new AbortController();
    const calls = createCalls(built, news, stopping.signal);
    const page = await createPage({ directory: config.pageDirectory, publicUrl: config.publicUrl, log });
    const health = { ready: async () => !stopping.signal.aborted && (await database.look()) === "ready" };
    const listener = createListener({ config, services: calls, page, health });
    const http = await listen(createServer(closeConnectionsOnShutdown(listener, stopping.signal)), config);
    closing.unshift(() => drain(http, 0));
    const worker = config.workers > 0 ? await work(built) : undefined;
    return {
      url: localUrl({ host: config.host, port: (http.address() as AddressInfo).port }),
      async stop() {
        stopping.abort();
        await finish(built, Promise.all([drain(http, drainMs), worker?.stop()]), closing);
      },
    };
  } catch (failure) {
    await closeAll(closing, log);
    throw failure;
  }
}

/** Works in the background and serves nothing. `WORKERS=0`, in a .env that both read, is said to the API. */
export async function startWorkerAlone(config: Config, log: Log, signal = notTold): Promise<{ stop(): Promise<void> }> {
  const built = await build({ ...config, workers: config.workers || usualWorkers }, log, signal);
  try {
    const worker = await work(built);
    return {
      stop: () => finish(built, worker.stop(), [() => built.database.close()]),
    };
  } catch (failure) {
    await built.database.close();
    throw failure;
  }
}

function createCalls({ config, log, database, ...built }: Built, news: Notifications, stopping: AbortSignal): Services {
  const { inFlight, registry, seals, attempts, revoker, credentials, readings, events } = built;
  const departures = createConnectionRemoval(database.db);
  return {
    connect: inFlight.track(
      createConnect({
        registry,
        attempts,
        seals,
        stopping,
        trackInBackground: inFlight.trackInBackground,
      }),
    ),
    ...inFlight.track({ disconnect: createDisconnect({ departures, revoker, registry }) }),
    connections: createConnections(database.db, listApps(registry)),
    credentials,
    accessAudit: readings,
    notifications: news,
    streams: createStreams(),
    receiver: createReceiver({ registry, events }),
    registry,
    installTokens: createInstallTokens(config.authSecret),
    sessions: createSessions(config),
    signIn: createSignIn({ ...config, db: database.db, log }),
    passwordTries: createPasswordTries(database.db),
    log,
    stopping,
    returnsToPage: (id) => registry.get(id)?.provider?.redirectUri === `${config.publicUrl.origin}/integrations`,
  };
}

async function work({ config, log, database, ...built }: Built): Promise<Worker> {
  const { registry, seals, attempts, revoker, credentials, events } = built;
  // Loaded once requests are served: it is a tenth of what a start loads.
  const { startWorker } = await import("./jobs/worker.ts");
  return await startWorker({
    database,
    registry,
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
    abandonOverdue: () => abandonOverdueLogins({ registry, attempts, seals }),
    log,
    concurrency: config.workers,
  });
}

type ListenerDeps = Pick<AppDeps, "services" | "page" | "health"> & { config: Config };

/** Builds everything that answers requests: the fast path, and Express behind it. */
function createListener({ config, services, page, health }: ListenerDeps): RequestListener {
  const { publicUrl, allowedOrigins, serviceKeys: keys, serviceCallsPerMinute: callsPerMinute } = config;
  const getClientAddress = createGetClientAddress(config.trustProxy);
  const serviceKeyAuth = createServiceKeyAuth({ keys, callsPerMinute, getClientAddress });
  const originPolicy = createOriginPolicy(publicUrl.origin, allowedOrigins);
  const securityHeaders = buildSecurityHeaders(publicUrl.protocol === "https:");
  const router = createAppRouter(services);
  const shared = { router, originPolicy, securityHeaders, serviceKeyAuth, getClientAddress };
  return createFastPath({
    routes: [
      createTokenRoute(services, serviceKeyAuth),
      createTrpcQueryRoute({ ...services, router, originPolicy }),
      createWebhookRoute(services.receiver),
      createBeginRoute(services, originPolicy),
    ],
    securityHeaders,
    log: services.log,
    app: createApp({ publicUrl, services, page, health, ...shared }),
  });
}

type Address = Pick<Config, "host" | "port" | "keepAliveSeconds">;

function listen(server: HttpServer, { host, port, keepAliveSeconds }: Address): Promise<HttpServer> {
  // Longer than what stands in front keeps its connections, so that it is never the one to find them closed.
  server.keepAliveTimeout = keepAliveSeconds * 1000;
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen({ host, port }, () => resolve(server));
  });
}

type Closing = (() => Promise<unknown>)[];

/** Longer than a question and a refresh may take together at a provider. The scripts wait longer than this. */
const finishMs = 30_000;

/**
 * Waits for the last requests and jobs, and for what they began and nobody waits for any more; then closes what it needed.
 * Tokens that a provider has just handed over are lost where the database is closed before they are stored; but a stop
 * ends some time.
 */
async function finish({ inFlight, log }: Built, last: Promise<unknown>, closing: Closing): Promise<void> {
  const settled = last.then(() => inFlight.drained());
  const done = await settlesWithin(finishMs, settled).catch((failure: unknown) =>
    log.error({ err: failure }, "not stopped"),
  );
  if (done === false) log.warn("stopped before everything was done");
  await closeAll(closing, log);
}

/** Each, whatever became of the others. */
async function closeAll(closing: Closing, log: Log): Promise<void> {
  for (const close of closing) await close().catch((failure: unknown) => log.warn({ err: failure }, "not closed"));
}

const drainMs = 15_000;

/** Takes no more connections, and lets go of those that there are: the busy ones when they are done, or at the last. */
async function drain(server: HttpServer, patienceMs: number): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), patienceMs);
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeIdleConnections();
  });
  clearTimeout(late);
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
