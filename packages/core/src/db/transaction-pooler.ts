import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { connectMs } from "./database.ts";

const patienceMs = 3_000;

/**
 * Whether a pooler gives each transaction any free connection (PgBouncer's transaction and statement modes). LISTEN and
 * prepared statements do not work then. While one of two clients is in a transaction, the other one gets another server
 * process, or none.
 */
export async function isPooledByTransaction(url: string): Promise<boolean> {
  const [first, second] = [connection(url), connection(url)];
  try {
    await Promise.all([first.connect(), second.connect()]);
    const process = await withTimeout(readProcessId(first));
    // All connections of the pooler are in use, so nothing can be found out.
    if (process === undefined) return false;
    const next = await withTimeout(readProcessId(first));
    if (next === undefined) return false;
    if (next !== process) return true;
    if ((await withTimeout(second.query("begin").then(() => readProcessId(second)))) === undefined) return false;
    return (await withTimeout(readProcessId(first))) !== process;
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

async function readProcessId(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  return rows[0]?.pid;
}

async function withTimeout<T>(work: Promise<T>): Promise<T | undefined> {
  work.catch(() => {});
  return await Promise.race([work, sleep(patienceMs, undefined, { ref: false })]);
}
