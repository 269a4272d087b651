import { Kysely, PostgresDialect } from "kysely";
import { Client, Pool, type PoolClient } from "pg";
import type { Database } from "./schema.ts";

/** Kysely, and the pool under it. */
export type Pooled = Kysely<Database> & { readonly pool: Pool };

export interface OpenDatabase {
  db: Pooled;
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
  const nameOf = createNames();
  pool.on("error", () => {}).on("connect", (client) => nameStatements(client, nameOf).on("error", () => {}));
  const db = Object.assign(new Kysely<Database>({ dialect: new PostgresDialect({ pool }) }), { pool });
  const answers = async () => (await pool.query("select 1")).rowCount === 1;
  return { db, pool, answers, close: () => db.destroy() };
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
