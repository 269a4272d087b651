import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";

const held = `
  select count(*)::int as held from pg_stat_activity
  where datname = current_database() and application_name = 'patchbay' and state like 'idle in transaction%'`;

const lookEveryMs = 10;

/** Looks again and again at how many connections are held while nothing runs on them. Gives the most at one look. */
export async function watchHeld(url: string): Promise<{ stop(): Promise<number> }> {
  const client = new Client(url);
  await client.connect();
  let most = 0;
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      const { rows } = await client.query<{ held: number }>(held);
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
