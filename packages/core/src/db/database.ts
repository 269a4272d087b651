import { Kysely, PostgresDialect } from "kysely";
import { Pool } from "pg";
import type { Database } from "./schema.ts";

export interface OpenDatabase {
  db: Kysely<Database>;
  pool: Pool;
  /** Whether it answers. */
  answers(): Promise<boolean>;
  close(): Promise<void>;
}

/** A pool of connections to one PostgreSQL. */
export function openDatabase(url: string, { max = 10 }: { max?: number } = {}): OpenDatabase {
  const pool = new Pool({
    connectionString: url,
    max,
    application_name: "patchbay",
    connectionTimeoutMillis: 10_000,
  });
  // A connection that PostgreSQL ends while it is idle is replaced at its next use; in use, its query fails.
  pool.on("error", () => {}).on("connect", (client) => client.on("error", () => {}));
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  const answers = async () => (await pool.query("select 1")).rowCount === 1;
  return { db, pool, answers, close: () => db.destroy() };
}
