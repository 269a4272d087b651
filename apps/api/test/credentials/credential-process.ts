import {
  createCredentials,
  type CredentialService,
  type CredentialStore,
  type IssuedCredential,
} from "@patchbay/core/credentials";
import { createCredentialStore, createRevocationStore, openDatabase } from "@patchbay/core/db";
import { createRevoker, type Revoker } from "@patchbay/core/disconnect";
import { ConnectError } from "@patchbay/core/errors";
import { createProviderHttp } from "@patchbay/core/http";
import { createRegistry } from "@patchbay/core/providers";
import type { Seals } from "@patchbay/core/vault";
import { Client } from "pg";
import type { Config } from "../../src/config/config.ts";
import { createInFlight } from "../../src/in-flight.ts";
import type { World } from "../harness/world.ts";

/** What one process does with credentials, without its HTTP. Each has its own memory, as another process would. */
export interface CredentialProcess extends AsyncDisposable, CredentialService, Revoker {
  /** What a back end would be given: the credential, or the failure. */
  tryIssue(connection: number): Promise<IssuedCredential | ConnectError>;
}

export type ProcessOptions = {
  /** The store as this process reaches it. */
  store?: (store: CredentialStore) => CredentialStore;
  /** The keys that this process has. */
  seals?: Seals;
  /** The providers that are set up. */
  clients?: Config["providers"]["clients"];
  /** Who is told of failures. */
  report?: (failure: ConnectError) => void;
};

export function createCredentialProcess(
  world: World,
  {
    store = (reached) => reached,
    seals = world.seals,
    clients = world.config.providers.clients,
    report = () => {},
  }: ProcessOptions = {},
): CredentialProcess {
  const database = openDatabase(world.databaseUrl, { max: 4 });
  const registry = createRegistry(clients, createProviderHttp({ sandbox: world.sandbox.url, timeoutMs: 3000 }));
  const { trackInBackground, drained } = createInFlight();
  const credentials = createCredentials({
    store: store(createCredentialStore(database.db)),
    registry,
    seals,
    report,
    trackInBackground,
  });
  return {
    ...credentials,
    ...createRevoker({
      store: createCredentialStore(database.db),
      revocations: createRevocationStore(database.db),
      registry,
      seals,
      webhookAddress: ({ id, provider }) => `${world.url}/api/v1/webhooks/${provider}/${id}`,
      report: () => {},
      trackInBackground,
    }),
    async tryIssue(connection) {
      try {
        return await credentials.issue(connection, { application: "", isAllowed: () => true });
      } catch (failure) {
        if (failure instanceof ConnectError) return failure;
        throw failure;
      }
    },
    async [Symbol.asyncDispose]() {
      await drained();
      await database.close();
    },
  };
}

/** The state of a connection's credential. */
export async function stateOf(world: World, connection: number) {
  const [row] = await world.sql<{
    id: string;
    status: string;
    reason: string | null;
    version: number;
    failures: number;
    leased: boolean;
    unsettled: boolean;
  }>(
    `select k.id, k.status, k.reason, k.version, k.failures, k.lease_owner is not null as leased,
            k.refresh_sent_at is not null as unsettled
     from credential k join connection c on c.credential_id = k.id where c.id = $1`,
    [connection],
  );
  if (row === undefined) throw new Error("no such connection");
  return row;
}

/** As if nobody had ever connected anything. */
export async function forgetAll(world: World): Promise<void> {
  await world.sql("delete from attempt");
  await world.sql("delete from connection");
  await world.sql("delete from credential");
}

/** Lets the access token end in so many seconds, or a second ago. */
export async function expire(world: World, connection: number, seconds = -1): Promise<void> {
  await world.sql(
    `update credential set issued_at = now() - interval '1 hour', expires_at = now() + make_interval(secs => $2), retry_at = null
     where id = (select credential_id from connection where id = $1)`,
    [connection, seconds],
  );
}

/** Lets the access token end where it is sealed, too, as a disconnect sees it. */
export async function expireSealed(world: World, connection: number): Promise<void> {
  const { id } = await stateOf(world, connection);
  await expireHeld(world, id);
  await expire(world, connection);
}

/** The same for a credential, whether or not a connection still has it. */
export async function expireHeld(world: World, id: string): Promise<void> {
  const [row] = await world.sql<{ provider: string; secret: Buffer }>(
    "select provider, secret from credential where id = $1",
    [id],
  );
  if (row === undefined) throw new Error("no such credential");
  const place = { id, provider: row.provider };
  const aged = { ...world.seals.openCredentials(row.secret, place), expiresAt: new Date(Date.now() - 60_000) };
  await world.sql("update credential set secret = $2 where id = $1", [id, world.seals.sealCredentials(aged, place)]);
}

/** Lets the lease of a holder that is gone run out. */
export async function loseLease(world: World, connection: number): Promise<void> {
  await world.sql(
    `update credential set lease_until = now() - interval '1 second', retry_at = null
     where id = (select credential_id from connection where id = $1)`,
    [connection],
  );
}

/** In how many seconds a job about a connection's credential is to run. Undefined: none is planned. */
export async function dueIn(world: World, connection: number, job: string): Promise<number | undefined> {
  const { id } = await stateOf(world, connection);
  const [planned] = await world.sql<{ seconds: number }>(
    "select extract(epoch from run_at - now())::float8 as seconds from patchbay_worker.jobs where key = $1",
    [`${job}:${id}`],
  );
  return planned?.seconds;
}

/** How often users were told of a change of this kind. */
export async function notices(world: World, connection: number, action: string): Promise<number> {
  const rows = await world.sql("select from audit_event where connection_id = $1 and action = $2", [
    connection,
    action,
  ]);
  return rows.length;
}

/** Does something while the database takes no connections, and those that there were are cut. */
export async function withoutDatabase(world: World, work: () => Promise<void>): Promise<void> {
  const url = new URL(world.databaseUrl);
  const name = url.pathname.slice(1);
  url.pathname = "/postgres";
  const outside = new Client({ connectionString: url.href });
  await outside.connect();
  try {
    await outside.query(`alter database ${name} allow_connections false`);
    await outside.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
    await work();
  } finally {
    await outside.query(`alter database ${name} allow_connections true`);
    await outside.end();
  }
}
