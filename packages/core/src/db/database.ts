import { setTimeout as sleep } from "node:timers/promises";
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from "kysely";
import { Client, Pool, type ClientConfig } from "pg";
import { isReadOnlyError, markQueryFailure, markConnectFailure } from "./database-unavailable.ts";
import type { Database } from "./schema.ts";
import { createSchemaPlugin, defaultSchema, nameSchemas, type Schemas } from "./schemas.ts";
import { nameStatement } from "./statement-name.ts";
import { createSilenceWatch, getSocket } from "./silence-watch.ts";

/** Kysely, the pool that it uses, and the schemas of the tables. */
export type Pooled = Kysely<Database> & { readonly pool: Pool; readonly schemas: Schemas };

/** Whether the database is ready, or why not: it does not answer in time, or is read-only. */
export type Readiness = "ready" | "late" | "read-only";

/** An open pool of connections. */
export interface OpenDatabase {
  db: Pooled;
  pool: Pool;
  /** Looks whether the database answers and can be written to. */
  checkReadiness(): Promise<Readiness>;
  close(): Promise<void>;
}

/** How a pool behaves. */
export interface DatabaseOptions {
  /** The schema of our tables. */
  schema?: string | undefined;
  /** How many connections there may be. */
  max?: number;
  /** After how long a statement without an answer shows that its connection is dead. */
  patienceMs?: number;
}

/** The time-out of a new connection. */
export const connectMs = 10_000;
/** After this long without an answer, a connection counts as dead. */
export const silenceMs = 15_000;

/** The TCP keep-alive of each connection. */
export const probes = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/** Opens a pool of connections to one PostgreSQL. A connection that falls silent is replaced, and the idle ones with it. */
export function openDatabase(
  url: string,
  { schema = defaultSchema, max = 10, patienceMs = silenceMs }: DatabaseOptions = {},
): OpenDatabase {
  const pool = new Pool({
    Client: SocketClosingClient,
    connectionString: url,
    max,
    application_name: "patchbay",
    connectionTimeoutMillis: connectMs,
    ...probes,
  });
  const watch = createSilenceWatch(patienceMs, (failure) => {
    markQueryFailure(failure);
    if (isReadOnlyError(failure)) watch.renew();
  });
  markConnectFailures(pool);
  // A connection that PostgreSQL ends while it is idle is replaced at its next use; in use, its query fails.
  pool
    .on("error", () => {})
    .on("connect", (client) => watch.follow(client.on("error", markConnectFailure)))
    .on("acquire", (client) => watch.setIdle(client, false))
    .on("release", (_failure, client) => watch.setIdle(client, true));
  const [schemas, dialect] = [nameSchemas(schema), new PostgresDialect({ pool: createNamingPool(pool) })];
  const plugins = [createSchemaPlugin(schemas)];
  const db = Object.assign(new Kysely<Database>({ dialect, plugins }), { pool, schemas });
  return {
    db,
    pool,
    checkReadiness: createReadinessCheck(() => readReadiness(pool)),
    close: async () => {
      await db.destroy();
      watch.stop();
    },
  };
}

const readinessTimeoutMs = 3_000;

/** Looks once for all callers that ask meanwhile. */
function createReadinessCheck(look: () => Promise<Readiness>): () => Promise<Readiness> {
  let looking: Promise<Readiness> | undefined;
  return async () => {
    const late = () => sleep(readinessTimeoutMs, "late" as const, { ref: false });
    looking ??= Promise.race([look(), late()]).finally(() => (looking = undefined));
    return await looking;
  };
}

/** A standby and a read-only server answer too, but nothing can be written there. */
async function readReadiness(pool: Pool): Promise<Readiness> {
  const { rows } = await pool.query<{ writes: boolean }>(
    "select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as writes",
  );
  return rows[0]?.writes === true ? "ready" : "read-only";
}

/**
 * A client that closes its socket if the server does not let it in. Otherwise PostgreSQL would keep the socket open for a
 * minute, and the process with it.
 */
class SocketClosingClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    const connect = this.connect.bind(this) as (callback: (failure: Error | null) => void) => void;
    const leaving = (callback: (failure: Error | null) => void): void =>
      connect((failure) => {
        if (failure) getSocket(this).destroy();
        callback(failure);
      });
    Object.assign(this, { connect: leaving });
  }
}

type ConnectResult = Parameters<Parameters<Pool["connect"]>[0] & object>;

/** Marks the errors of the pool that mean that there was no connection. */
function markConnectFailures(pool: Pool): void {
  const connect = pool.connect.bind(pool);
  const noting = (callback?: (...answer: ConnectResult) => void): unknown => {
    if (callback === undefined)
      return connect().catch((failure: unknown) => Promise.reject(markConnectFailure(failure)));
    return connect((...answer) => {
      markConnectFailure(answer[0]);
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
