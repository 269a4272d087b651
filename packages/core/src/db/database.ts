import { setTimeout as sleep } from "node:timers/promises";
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from "kysely";
import { Client, Pool, type ClientConfig } from "pg";
import { isReadOnly, noteFailed, noteNoConnection } from "./away.ts";
import { nameStatement } from "./prepared.ts";
import type { Database } from "./schema.ts";
import { createWatch, streamOf } from "./watch.ts";

/** Kysely, and the pool under it. */
export type Pooled = Kysely<Database> & { readonly pool: Pool };

/** `ready`, or why not: it gives no answer in time, or may only be read. */
export type Look = "ready" | "late" | "read-only";

export interface OpenDatabase {
  db: Pooled;
  pool: Pool;
  /** Whether it answers, and takes what is written. */
  look(): Promise<Look>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** How many connections there may be. */
  max?: number;
  /** How long a statement may take until its connection is held to be dead, and is given up. */
  patienceMs?: number;
}

export const connectMs = 10_000;
export const silenceMs = 15_000;

/** How the system asks whether the other side is there. */
export const probes = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/** A pool of connections to one PostgreSQL. One that falls silent is replaced, and with it those that lie idle. */
export function openDatabase(url: string, { max = 10, patienceMs = silenceMs }: DatabaseOptions = {}): OpenDatabase {
  const pool = new Pool({
    Client: LeavingClient,
    connectionString: url,
    max,
    application_name: "patchbay",
    connectionTimeoutMillis: connectMs,
    ...probes,
  });
  const watch = createWatch(patienceMs, (failure) => {
    noteFailed(failure);
    if (isReadOnly(failure)) watch.renew();
  });
  noteNoConnections(pool);
  // A connection that PostgreSQL ends while it is idle is replaced at its next use; in use, its query fails.
  pool
    .on("error", () => {})
    .on("connect", (client) => watch.follow(client.on("error", noteNoConnection)))
    .on("acquire", (client) => watch.lies(client, false))
    .on("release", (_failure, client) => watch.lies(client, true));
  const db = Object.assign(new Kysely<Database>({ dialect: new PostgresDialect({ pool: createNamingPool(pool) }) }), {
    pool,
  });
  return {
    db,
    pool,
    look: createLook(() => lookAt(pool)),
    close: async () => {
      await db.destroy();
      watch.stop();
    },
  };
}

const lookMs = 3_000;

/** Looks once for all who ask meanwhile. */
function createLook(look: () => Promise<Look>): () => Promise<Look> {
  let looking: Promise<Look> | undefined;
  return async () => {
    const late = () => sleep(lookMs, "late" as const, { ref: false });
    looking ??= Promise.race([look(), late()]).finally(() => (looking = undefined));
    return await looking;
  };
}

/** A standby answers too, and so does a server that was told to write nothing: nothing can be done there. */
async function lookAt(pool: Pool): Promise<Look> {
  const { rows } = await pool.query<{ writes: boolean }>(
    "select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as writes",
  );
  return rows[0]?.writes === true ? "ready" : "read-only";
}

/**
 * One that lets go of the server where it does not get in. PostgreSQL would keep the line open for a minute, and with it a
 * process that has nothing left to do.
 */
class LeavingClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    const connect = this.connect.bind(this) as (callback: (failure: Error | null) => void) => void;
    const leaving = (callback: (failure: Error | null) => void): void =>
      connect((failure) => {
        if (failure) streamOf(this).destroy();
        callback(failure);
      });
    Object.assign(this, { connect: leaving });
  }
}

type Connected = Parameters<Parameters<Pool["connect"]>[0] & object>;

/** Whoever asks the pool for a connection gets an error that tells that none was to be had. */
function noteNoConnections(pool: Pool): void {
  const connect = pool.connect.bind(pool);
  const noting = (callback?: (...answer: Connected) => void): unknown => {
    if (callback === undefined) return connect().catch((failure: unknown) => Promise.reject(noteNoConnection(failure)));
    return connect((...answer) => {
      noteNoConnection(answer[0]);
      callback(...answer);
    });
  };
  Object.assign(pool, { connect: noting });
}

const maxNames = 500;

/**
 * The pool as Kysely uses it: each statement goes out with a name, by which PostgreSQL keeps its plan. Parsing and planning
 * cost PostgreSQL more than our statements do (docs/bench.md). The texts come from the code and are few; after
 * `maxNames` of them, another one goes out without a name.
 */
function createNamingPool(pool: Pool): PostgresPool {
  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || names.size >= maxNames) return known;
    const name = nameStatement(text);
    names.set(text, name);
    return name;
  };
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      const query = (text: string, values: unknown[]) => {
        const name = nameOf(text);
        return client.query({ ...(name !== undefined && { name }), text, values });
      };
      // Kysely's type has cursors too, which are not used here.
      const named = query as unknown as PostgresPoolClient["query"];
      return { query: named, release: (destroy) => client.release(destroy) };
    },
  };
}
