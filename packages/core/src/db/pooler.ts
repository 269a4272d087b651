import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { connectMs } from "./database.ts";

const patienceMs = 3_000;

/**
 * Whether a pooler gives each transaction whatever connection is free (PgBouncer's transaction and statement modes). Then
 * what holds for a session does not: LISTEN, and statements that were prepared. While one of two clients is within a
 * transaction, the other is seen to change the process that serves it, or finds none left.
 */
export async function isPooledByTransaction(url: string): Promise<boolean> {
  const [first, second] = [connection(url), connection(url)];
  try {
    await Promise.all([first.connect(), second.connect()]);
    const process = await inTime(processOf(first));
    // Whoever waits for a connection of the pooler's is told nothing, now as later.
    if (process === undefined) return false;
    const next = await inTime(processOf(first));
    if (next === undefined) return false;
    if (next !== process) return true;
    if ((await inTime(second.query("begin").then(() => processOf(second)))) === undefined) return false;
    return (await inTime(processOf(first))) !== process;
  } catch (failure) {
    // Statement pooling refuses transactions.
    if (failure instanceof Error && /statement pooling/.test(failure.message)) return true;
    throw failure;
  } finally {
    for (const client of [second, first]) client.end().catch(() => {});
  }
}

function connection(url: string): Client {
  const client = new Client({
    connectionString: url,
    application_name: "patchbay",
    connectionTimeoutMillis: connectMs,
  });
  return client.on("error", () => {});
}

async function processOf(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  return rows[0]?.pid;
}

async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  work.catch(() => {});
  return await Promise.race([work, sleep(patienceMs, undefined, { ref: false })]);
}
