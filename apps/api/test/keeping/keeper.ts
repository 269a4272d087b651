import { createCredentials, type CredentialCalls, type HandedOut } from "@patchbay/core/credentials";
import { createCredentialStore, openDatabase } from "@patchbay/core/db";
import { ConnectError } from "@patchbay/core/errors";
import { createGate } from "@patchbay/core/http";
import { createRegistry } from "@patchbay/core/providers";
import { Client } from "pg";
import type { World } from "../harness/world.ts";

/** What one process does with credentials, without its HTTP. Each has its own memory, as another process would. */
export interface Keeper extends AsyncDisposable, CredentialCalls {
  /** What a back end would be given: the credential, or the failure. */
  ask(connection: number): Promise<HandedOut | ConnectError>;
}

export function createKeeper(world: World): Keeper {
  const database = openDatabase(world.databaseUrl, { max: 4 });
  const credentials = createCredentials({
    store: createCredentialStore(database.db),
    registry: createRegistry(
      world.config.providers.clients,
      createGate({ sandbox: world.sandbox.url, timeoutMs: 3000 }),
    ),
    seals: world.seals,
    report: () => {},
  });
  return {
    ...credentials,
    async ask(connection) {
      try {
        return await credentials.hand(connection, { may: () => true });
      } catch (failure) {
        if (failure instanceof ConnectError) return failure;
        throw failure;
      }
    },
    [Symbol.asyncDispose]: () => database.close(),
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

/** Lets the lease of a holder that is gone run out. */
export async function loseLease(world: World, connection: number): Promise<void> {
  await world.sql(
    `update credential set lease_until = now() - interval '1 second', retry_at = null
     where id = (select credential_id from connection where id = $1)`,
    [connection],
  );
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
