import { sql, type RawBuilder } from "kysely";

/** This moment by the database's clock, which all processes share. */
export const now: RawBuilder<Date> = sql<Date>`now()`;

/** A number of seconds, or an argument of a prepared statement that is one. */
type Seconds = number | RawBuilder<number>;

/** An interval of some seconds. Undefined gives null. */
export function seconds(count: Seconds | RawBuilder<number | undefined> | undefined): RawBuilder<unknown> {
  return sql`make_interval(secs => ${count ?? null}::float8)`;
}

/** The moment some seconds from now. Undefined gives null. */
export function secondsFromNow(count: Seconds): RawBuilder<Date>;
export function secondsFromNow(count: Seconds | RawBuilder<number | undefined> | undefined): RawBuilder<Date | null>;
export function secondsFromNow(count: Seconds | RawBuilder<number | undefined> | undefined): RawBuilder<Date | null> {
  return sql<Date | null>`now() + ${seconds(count)}`;
}

/** Whether a moment is over. One that was never set counts as over. */
export function isOver(column: string): RawBuilder<boolean> {
  return sql<boolean>`coalesce(${sql.ref(column)}, now()) <= now()`;
}
