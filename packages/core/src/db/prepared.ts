import { sql, type Compilable, type RawBuilder } from "kysely";
import type { Pooled } from "./database.ts";
import { nameStatement } from "./statement-name.ts";

/** Stands among a statement's parameters for what `pick` finds in the values of each execution. */
class Argument {
  readonly pick: (values: never) => unknown;

  constructor(pick: (values: never) => unknown) {
    this.pick = pick;
  }
}

/** Makes an argument of a prepared statement: `argument((values) => values.id)`. */
export type ArgumentOf<Values> = <Type>(pick: (values: Values) => Type) => RawBuilder<Type>;

/**
 * Builds and compiles a statement once, and sends it to the pool itself. It serves the statements of hot requests: Kysely's
 * executor alone adds an eighth to what such a statement costs this process.
 */
export function prepareStatement<Values, Row>(
  db: Pooled,
  build: (argument: ArgumentOf<Values>) => Compilable<Row> | RawBuilder<Row>,
): (values: Values) => Promise<Row[]> {
  const { sql: text, parameters } = build((pick) => sql`${new Argument(pick)}`).compile(db);
  const name = nameStatement(text);
  return async (values) => {
    const given = parameters.map((parameter) =>
      parameter instanceof Argument ? parameter.pick(values as never) : parameter,
    );
    return (await db.pool.query({ name, text, values: given })).rows as Row[];
  };
}
