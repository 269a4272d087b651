import {
  type AliasedExpression,
  type Expression,
  expressionBuilder,
  type QueryCreator,
  type RawBuilder,
  sql,
} from "kysely";
import { now, secondsFromNow } from "./clock.ts";
import type { Database } from "./schema.ts";

/** How many of a kind there may be for one subject within a time, from the first of them on. */
export interface Quota {
  kind: "code to one" | "code in all" | "wrong answer about one";
  max: number;
  seconds: number;
}

/** Rows of which each is to be counted, for its `subject`, a fingerprint. */
export type Subjects = AliasedExpression<{ subject: Buffer }, "counting">;

/**
 * Counts one more of a kind for each of the subjects. Gives a row with `count` and `until` if there may be one more, and none
 * if there were enough. Requests that count at the same moment wait for one another, so that no one too many is counted.
 */
export function countOne(query: QueryCreator<Database>, { kind, max, seconds }: Quota, subjects: Subjects) {
  return query
    .insertInto("tally")
    .columns(["kind", "subject", "count", "until"])
    .expression((select) =>
      select
        .selectFrom(subjects)
        .select([sql.lit(kind).as("kind"), "subject", sql.lit(1).as("count"), secondsFromNow(seconds).as("until")]),
    )
    .onConflict((conflict) =>
      conflict
        .columns(["kind", "subject"])
        .doUpdateSet(countAgain("tally"))
        .where((eb) => eb.or([eb("tally.until", "<", now), eb("tally.count", "<", sql.lit(max))])),
    )
    .returning(["count", "until"]);
}

/** What an insert that meets a count does: it adds one, or begins anew if the count has expired. */
export function countAgain(table: "tally" | "wrong_answer") {
  const [count, until] = [sql.ref(`${table}.count`), sql.ref(`${table}.until`)];
  return {
    count: sql<number>`case when ${until} < now() then 1 else ${count} + 1 end`,
    until: sql<Date>`case when ${until} < now() then excluded.until else ${until} end`,
  };
}

/** When there may be another one of a kind: null if there may be one now. */
export function freeAgain({ kind, max }: Quota, subject: Expression<Buffer | null>) {
  return expressionBuilder<Database>()
    .selectFrom("tally")
    .select("until")
    .where("kind", "=", sql.lit(kind))
    .where("subject", "=", subject as RawBuilder<Buffer>)
    .where("count", ">=", sql.lit(max))
    .where("until", ">", now);
}
