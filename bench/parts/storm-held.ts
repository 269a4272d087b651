import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";

/**
 * A connection of Patchbay that nobody else can use: in a transaction on which nothing runs, with an advisory lock, or in
 * a statement that takes as long as half a call to the provider, whatever it waits for.
 */
const held = `
  select count(*)::int as held from pg_stat_activity a
  where datname = current_database() and application_name = 'patchbay'
    and (state like 'idle in transaction%'
         or exists (select from pg_locks l where l.pid = a.pid and l.locktype = 'advisory')
         or (state = 'active' and clock_timestamp() - query_start > make_interval(secs => $1)))`;

const lookEveryMs = 10;

/**
 * Looks again and again at how many connections are held while the provider takes `latencyMs` to answer. Gives the most
 * at one look.
 */
export async function watchHeld(url: string, latencyMs: number): Promise<{ stop(): Promise<number> }> {
  const client = new Client(url);
  await client.connect();
  let most = 0;
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      const { rows } = await client.query<{ held: number }>(held, [latencyMs / 2000]);
      most = Math.max(most, rows[0]?.held ?? 0);
      await sleep(lookEveryMs);
    }
  })();
  return {
    async stop() {
      over.abort();
      await watching;
      await client.end();
      return most;
    },
  };
}
