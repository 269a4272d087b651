import { CompiledQuery, type Kysely, type RawBuilder } from "kysely";
import type { Database } from "./schema.ts";

/** Where an argument of a prepared statement goes. */
class Argument {
  readonly position: number;

  constructor(position: number) {
    this.position = position;
  }
}

/**
 * A statement that is built and compiled once, for those that come all day: doing it anew each time costs a tenth of such a
 * request (docs/bench.md). `build` is given a function that stands for an argument by its position.
 */
export function prepared<Row>(
  db: Kysely<Database>,
  build: (argument: (position: number) => unknown) => RawBuilder<Row>,
): (...values: readonly unknown[]) => Promise<Row[]> {
  const { sql: text, parameters } = build((position) => new Argument(position)).compile(db);
  return async (...values) => {
    const given = parameters.map((parameter) =>
      parameter instanceof Argument ? values[parameter.position] : parameter,
    );
    return (await db.executeQuery<Row>(CompiledQuery.raw(text, given))).rows;
  };
}
