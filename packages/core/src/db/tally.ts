import { sql, type RawBuilder } from "kysely";

/** How many of a kind there may be within so many seconds, from the first of them on. */
export interface Quota {
  kind: "code to one" | "code in all" | "wrong answer about one";
  most: number;
  seconds: number;
}

/**
 * Counts one more of a kind: the body of a common table expression that has a row, `count` and `until`, where it may
 * be, and none where there were enough. `rows` is a select list's end: for each row of it, once. Whoever counts at the same
 * moment waits, so that no one too many is counted.
 */
export function countOne({ kind, most, seconds }: Quota, subject: unknown, rows: RawBuilder<unknown>) {
  return sql`
    insert into tally as t (kind, subject, count, until)
    select ${sql.lit(kind)}, ${subject}, 1, now() + interval '1 second' * ${sql.lit(seconds)} ${rows}
    on conflict (kind, subject) do update
    set count = case when t.until < now() then 1 else t.count + 1 end,
        until = case when t.until < now() then excluded.until else t.until end
    where t.until < now() or t.count < ${sql.lit(most)}
    returning t.count, t.until`;
}

/** When there may be another one of a kind: null where there may be one now. */
export function freeAgain({ kind, most }: Quota, subject: unknown): RawBuilder<unknown> {
  return sql`(
    select until from tally
    where kind = ${sql.lit(kind)} and subject = ${subject} and count >= ${sql.lit(most)} and until > now())`;
}
