import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startPostgres, type Postgres } from "@patchbay/postgres";
import { Client } from "pg";

/**
 * Alike for all. No write waits for a disk: otherwise the disk would be measured, and everybody would look the same.
 * Statements are counted where counting is switched on.
 */
const settings = {
  shared_preload_libraries: "pg_stat_statements",
  "pg_stat_statements.track": "none",
  "pg_stat_statements.max": "10000",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  shared_buffers: "1GB",
  max_wal_size: "4GB",
};

export interface Database extends Postgres {
  /** The process whose children serve the connections. */
  pid: number;
  /** Switches the counting of statements on or off. */
  count(on: boolean): Promise<void>;
  /** How many statements were counted in a database. */
  statements(name: string): Promise<number>;
  /** Runs one statement in a database. */
  run(name: string, sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

export async function startDatabase(dataDir: string): Promise<Database> {
  await prepare(dataDir);
  const postgres = await startPostgres({ dataDir, durable: true });
  const run: Database["run"] = (name, sql, values) => once(postgres.url(name), sql, values);
  await run("postgres", "create extension if not exists pg_stat_statements");
  return {
    ...postgres,
    pid: Number.parseInt(readFileSync(join(postgres.directory, "postmaster.pid"), "utf8"), 10),
    run,
    async count(on) {
      await run("postgres", `alter system set pg_stat_statements.track = '${on ? "top" : "none"}'`);
      await run("postgres", "select pg_reload_conf()");
    },
    async statements(name) {
      const [row] = await run(
        "postgres",
        `select coalesce(sum(s.calls), 0)::float8 as calls from pg_stat_statements s
         join pg_database d on d.oid = s.dbid where d.datname = $1`,
        [name],
      );
      return Number(row?.["calls"]);
    },
    async stop() {
      await postgres.stop();
      for (const path of [postgres.directory, dataDir]) rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Some of the settings count at a start alone. */
async function prepare(dataDir: string): Promise<void> {
  const postgres = await startPostgres({ dataDir, durable: true });
  for (const [name, value] of Object.entries(settings)) {
    await once(postgres.url("postgres"), `alter system set ${name} = '${value}'`);
  }
  await postgres.stop();
}

/** So that statements find Patchbay's tables, and those of the others, without naming a schema. */
const searchPath = "-c search_path=patchbay,public";

async function once(url: string, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, options: searchPath });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql, values);
    return rows;
  } finally {
    await client.end();
  }
}
