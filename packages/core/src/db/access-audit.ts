import { sql, type Kysely } from "kysely";
import type { Database } from "./schema.ts";

/** The audit of credentials that were read: kept in memory for a moment, so that a reading costs no write of its own. */
export interface AccessAudit {
  record(actor: string, connection: number, provider: string): void;
  /** Writes what waits. Never throws: what could not be written waits on. */
  flush(): Promise<void>;
  /** Writes what waits, a last time. */
  stop(): Promise<void>;
}

/** What went wrong with a write: how many readings wait for the next, and how many were given up since the last. */
export interface Trouble {
  waiting: number;
  lost: number;
  cause: unknown;
}

type Options = { everyMs?: number; most?: number; tell?: (trouble: Trouble) => void };
type Reading = { actor: string; connection: number; provider: string; at: number };

export function createAccessAudit(db: Kysely<Database>, options: Options = {}): AccessAudit {
  const { everyMs = 500, most = 100_000, tell } = options;
  let waiting: Reading[] = [];
  let lost = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  /** Gives up the oldest, a hundredth at once: taking one at a time from the front would cost as much. */
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
  /** Only where something waits, so that an idle process has no timer. */
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
 * All of them in one statement. Times are told as ages, for the database's clock is the one that counts. The connections
 * are locked in order: another process may be writing about the same ones.
 */
async function store(db: Kysely<Database>, batch: readonly Reading[]): Promise<void> {
  const now = performance.now();
  const ages = batch.map(({ at }) => (now - at) / 1000);
  const ids = batch.map(({ connection }) => connection);
  await sql`
    with reading as (
      select now() - make_interval(secs => age) as at, actor, provider, connection
      from unnest(${ages}::float8[], ${batch.map(({ actor }) => actor)}::text[],
                  ${batch.map(({ provider }) => provider)}::text[], ${ids}::bigint[])
        as r (age, actor, provider, connection)),
    audited as (
      insert into audit_event (at, actor, action, provider, connection_id)
      select at, actor, 'credential_read', provider, connection from reading order by at),
    latest as (select connection, max(at) as at from reading group by connection),
    used as (
      -- To the minute: who reads all day would otherwise have their connection written twice a second.
      select c.id, latest.at from connection c join latest on latest.connection = c.id
      where c.last_used_at is null or c.last_used_at < latest.at - interval '1 minute'
      order by c.id for no key update of c)
    update connection c set last_used_at = used.at
    from used where c.id = used.id`.execute(db);
}
