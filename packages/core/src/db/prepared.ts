import { createHash } from "node:crypto";
import { sql, type Compilable, type RawBuilder } from "kysely";
import type { Pooled } from "./database.ts";

/** The place of an argument among a prepared statement's parameters. */
class Argument {
  readonly position: number;

  constructor(position: number) {
    this.position = position;
  }
}

/** Stands for an argument of a prepared statement, by its position. */
export type ArgumentAt = <Type>(position: number) => RawBuilder<Type>;

/** The name under which a statement is sent: PostgreSQL keeps the plan of a named one as long as the connection lasts. */
export function nameStatement(text: string): string {
  return `patchbay_${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}

/**
 * Builds and compiles a statement once, and sends it to the pool itself. It serves the statements of hot requests: Kysely's
 * executor alone adds an eighth to what such a statement costs this process.
 */
export function prepared<Row>(
  db: Pooled,
  build: (argument: ArgumentAt) => Compilable<Row> | RawBuilder<Row>,
): (...values: readonly unknown[]) => Promise<Row[]> {
  const statement = build((position) => sql`${new Argument(position)}`);
  const { sql: text, parameters } = statement.compile(db);
  const name = nameStatement(text);
  return async (...given) => {
    const values = parameters.map((parameter) =>
      parameter instanceof Argument ? given[parameter.position] : parameter,
    );
    return (await db.pool.query({ name, text, values })).rows as Row[];
  };
}
