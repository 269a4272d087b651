import { sql, type Kysely } from "kysely";
import type { Database } from "./schema.ts";

/** Records the reads of credentials. They are kept in memory for a moment, so that a read costs no write of its own. */
export interface AccessAudit {
  record(actor: string, connection: number, provider: string): void;
  /** Writes what waits. Never throws: what could not be written goes on waiting. */
  flush(): Promise<void>;
  /** Writes what waits, one last time. */
  stop(): Promise<void>;
}

/** A write that failed: how many reads wait for the next write, and how many were given up since the last one. */
export interface Trouble {
  waiting: number;
  lost: number;
  cause: unknown;
}

type Options = { everyMs?: number; most?: number; tell?: (trouble: Trouble) => void };
type Reading = { actor: string; connection: number; provider: string; at: number };

/** The audit in PostgreSQL. */
export function createAccessAudit(db: Kysely<Database>, options: Options = {}): AccessAudit {
  const { everyMs = 500, most = 100_000, tell } = options;
  let waiting: Reading[] = [];
  let lost = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  /** Gives up the oldest hundredth at once: taking a single one from the front would cost as much. */
  function trim(): void {
    const over = waiting.length - most;
    if (over > 0) lost += waiting.splice(0, Math.max(over, Math.floor(most / 100))).length;
  }
  async function write(): Promise<void> {
    const batch = waiting;
    if (batch.length === 0) return;
    waiting = [];
    try {
      await store(db, batch);
    } catch (cause) {
      waiting = [...batch, ...waiting];
      trim();
      tell?.({ waiting: waiting.length, lost, cause });
      lost = 0;
    }
  }
  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
    return writing;
  }
  /** Plans a write only while something waits, so that an idle process has no timer. */
  function plan(): void {
    timer ??= setTimeout(() => void flush().then(() => waiting.length > 0 && plan()), everyMs).unref();
  }
  return {
    record(actor, connection, provider) {
      waiting.push({ actor, connection, provider, at: performance.now() });
      trim();
      plan();
    },
    flush,
    stop: flush,
  };
}

/**
 * Writes all of them in one statement. Times are given as ages, for the database's clock is the one that counts. The
 * connections are locked in order: another process may be writing about the same ones.
 */
async function store(db: Kysely<Database>, batch: readonly Reading[]): Promise<void> {
  await db
    .with("reading", (query) =>
      query
        .selectFrom(unnest(batch))
        .select([sql<Date>`now() - make_interval(secs => age)`.as("at"), "actor", "provider", "connection"]),
    )
    .with("audited", (query) =>
      query
        .insertInto("audit_event")
        .columns(["at", "actor", "action", "provider", "connection_id"])
        .expression((select) =>
          select
            .selectFrom("reading")
            .select(["at", "actor", sql.lit("credential_read").as("action"), "provider", "connection"])
            .orderBy("at"),
        ),
    )
    .with("latest", (query) =>
      query
        .selectFrom("reading")
        .select((select) => ["connection", select.fn.max("at").as("at")])
        .groupBy("connection"),
    )
    // To the minute: otherwise the connection of a back end that reads all day would be written twice a second.
    .with("used", (query) =>
      query
        .selectFrom("connection as c")
        .innerJoin("latest", "latest.connection", "c.id")
        .select(["c.id", "latest.at"])
        .where((is) =>
          is.or([is("c.last_used_at", "is", null), sql<boolean>`c.last_used_at < latest.at - interval '1 minute'`]),
        )
        .orderBy("c.id")
        .forNoKeyUpdate("c"),
    )
    .updateTable("connection as c")
    .from("used")
    .set((select) => ({ last_used_at: select.ref("used.at") }))
    .whereRef("c.id", "=", "used.id")
    .execute();
}

type ReadingRow = { age: number; actor: string; provider: string; connection: string };

/** The readings as rows of a statement. */
function unnest(batch: readonly Reading[]) {
  const now = performance.now();
  const ages = batch.map(({ at }) => (now - at) / 1000);
  const actors = batch.map(({ actor }) => actor);
  const providers = batch.map(({ provider }) => provider);
  const connections = batch.map(({ connection }) => connection);
  return sql<ReadingRow>`unnest(${ages}::float8[], ${actors}::text[], ${providers}::text[], ${connections}::bigint[])`.as<"r">(
    sql`r (age, actor, provider, connection)`,
  );
}
