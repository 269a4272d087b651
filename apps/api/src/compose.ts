import { createHmac } from "node:crypto";
import { abandonOverdueLogins, createConnect } from "@patchbay/core/connect";
import { createConnectSessions } from "@patchbay/core/connect-sessions";
import { listApps, getProvider } from "@patchbay/core/registry";
import { createCredentials } from "@patchbay/core/credentials";
import {
  asWrongDatabase,
  claimInstallation,
  createAttemptStore,
  createConnections,
  createServiceConnections,
  createUserErasure,
  createConnectSessionStore,
  createCredentialStore,
  createConnectionRemoval,
  createRevocationStore,
  createPasswordTries,
  createAccessAudit,
  createWebhookEvents,
  openDatabase,
  type Notifications,
  type OpenDatabase,
} from "@patchbay/core/db";
import { createDisconnect, createEraseUser, createRevoker, createServiceDisconnect } from "@patchbay/core/disconnect";
import type { ConnectError } from "@patchbay/core/errors";
import { createProviderHttp } from "@patchbay/core/http";
import { createRegistry } from "@patchbay/core/providers";
import { createGateway, telegram } from "@patchbay/core/telegram";
import { createSeals, createVault, type Seals } from "@patchbay/core/vault";
import { createReceiver, handleWebhooks, subscribeWebhooks, webhookAddress } from "@patchbay/core/webhooks";
import type { Services } from "./services.ts";
import type { Config } from "./config/config.ts";
import { createSessions } from "./http/session.ts";
import { createInstallTokens } from "./http/install-tokens.ts";
import { createInFlight } from "./in-flight.ts";
import type { Worker } from "./jobs/worker.ts";
import { logFailure, type Log } from "./log.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { createSignIn } from "./sign-in/sign-in.ts";
import { createStreams } from "./trpc/streams.ts";

/**
 * Composes what every process needs: the database, the providers, the credentials and the jobs' stores. Throws
 * `WrongDatabase`.
 */
export async function compose(config: Config, log: Log, signal: AbortSignal) {
  const { databaseUrl: url } = config;
  const database = openDatabase(url, { schema: config.databaseSchema });
  try {
    await prepareDatabase(database, config, { log, signal });
    const vault = createVault(config.keys);
    await claimInstallation(database.db, vault, config.sandboxUrl === undefined ? "live" : "sandbox");
    return { config, log, database, ...composeCore(config, log, { database, seals: createSeals(vault) }) };
  } catch (failure) {
    await database.close();
    throw asWrongDatabase(failure, url);
  }
}

/** What every process needs. */
export type Core = Awaited<ReturnType<typeof compose>>;

function composeCore(config: Config, log: Log, { database, seals }: { database: OpenDatabase; seals: Seals }) {
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
  const accessAudit = createAccessAudit(database.db, {
    tell: ({ cause, ...counts }) => log.error({ ...counts, err: cause }, "audit not written"),
  });
  const attempts = createAttemptStore(database.db, config.codeLimits, listApps(registry));
  const events = createWebhookEvents(database.db);
  return { inFlight, seals, registry, credentials, accessAudit, revoker, attempts, events };
}

/** Composes what the route handlers call. */
export function composeServices(
  { config, log, database, ...core }: Core,
  notifications: Notifications,
  stopping: AbortSignal,
): Services {
  const { inFlight, registry, seals, attempts, revoker, credentials, accessAudit, events } = core;
  const [erasure, removals] = [createUserErasure(database.db), createConnectionRemoval(database.db)];
  const ending = { removals, revoker, registry };
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
    connectSessions: createConnectSessions({
      store: createConnectSessionStore(database.db),
      registry,
      product: config.appName,
      publicUrl: config.publicUrl,
      returnUrls: config.connectReturnUrls,
      linkSecret: createHmac("sha256", config.authSecret).update("links of connect sessions").digest(),
    }),
    ...inFlight.track({
      disconnect: createDisconnect(ending),
      serviceDisconnect: createServiceDisconnect(ending),
      eraseUser: createEraseUser({ ...ending, erasure }),
    }),
    serviceConnections: createServiceConnections(database.db, listApps(registry)),
    findUser: (application, user) => erasure.findUser(application, user),
    connections: createConnections(database.db, listApps(registry)),
    credentials,
    accessAudit,
    notifications,
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

/** Starts the background work of a process. */
export async function composeWorker({ config, log, database, ...core }: Core): Promise<Worker> {
  const { registry, seals, attempts, revoker, credentials, events } = core;
  // Loaded once requests are served: it is a tenth of what a start loads.
  const { startWorker } = await import("./jobs/worker.ts");
  return await startWorker({
    database,
    registry,
    revoker,
    credentials,
    subscribe: async (id) => {
      const refusal = await subscribeWebhooks({ getUsable: credentials.getUsable, publicUrl: config.publicUrl }, id);
      if (refusal) logFailure(log, refusal, { credential: id });
    },
    handleWebhooks: () => handleWebhooks({ registry, events }),
    abandonOverdue: () => abandonOverdueLogins({ registry, attempts, seals }),
    log,
    concurrency: config.workers,
  });
}
