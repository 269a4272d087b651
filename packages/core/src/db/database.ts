import { setTimeout as sleep } from "node:timers/promises";
import { Kysely, PostgresDialect } from "kysely";
import { Client, Pool, type ClientConfig, type PoolClient } from "pg";
import { isReadOnly, noteFailed, noteNoConnection } from "./away.ts";
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
  const nameOf = createNames();
  // A connection that PostgreSQL ends while it is idle is replaced at its next use; in use, its query fails.
  pool
    .on("error", () => {})
    .on("connect", (client) => watch.follow(nameStatements(client, nameOf).on("error", noteNoConnection)))
    .on("acquire", (client) => watch.lies(client, false))
    .on("release", (_failure, client) => watch.lies(client, true));
  const db = Object.assign(new Kysely<Database>({ dialect: new PostgresDialect({ pool }) }), { pool });
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

const mostNames = 500;

/**
 * Gives each statement a name, by which PostgreSQL keeps its plan for as long as the connection lasts: parsing and planning
 * cost it more than our statements do (docs/bench.md). Texts come from the code and are few; whatever is past that stays unnamed.
 */
function nameStatements(client: PoolClient, nameOf: (text: string) => string | undefined): PoolClient {
  const query = (...given: unknown[]): unknown => Client.prototype.query.apply(client, given as never);
  const named = (text: unknown, ...rest: unknown[]) => {
    const [values] = rest;
    const name = typeof text === "string" && Array.isArray(values) ? nameOf(text) : undefined;
    return name === undefined ? query(text, ...rest) : query({ name, text, values }, ...rest.slice(1));
  };
  return Object.assign(client, { query: named });
}

function createNames(): (text: string) => string | undefined {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= mostNames) return known;
    const name = `patchbay_${names.size + 1}`;
    names.set(text, name);
    return name;
  };
}
