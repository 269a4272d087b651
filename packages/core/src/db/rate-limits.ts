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
export interface RateLimit {
  kind: "code_to_recipient" | "code_of_installation" | "failed_verification";
  max: number;
  seconds: number;
}

/** Rows of which each is to be counted, for its `subject`, a fingerprint. */
export type Subjects = AliasedExpression<{ subject: Buffer }, "counting">;

/**
 * Counts one more of a kind for each of the subjects. Gives a row with `count` and `until` if there may be one more, and none
 * if there were enough. Requests that count at the same moment wait for one another, so that no one too many is counted.
 */
export function countUse(query: QueryCreator<Database>, { kind, max, seconds }: RateLimit, subjects: Subjects) {
  return query
    .insertInto("rate_limit")
    .columns(["kind", "subject", "count", "expires_at"])
    .expression((select) =>
      select
        .selectFrom(subjects)
        .select([
          sql.lit(kind).as("kind"),
          "subject",
          sql.lit(1).as("count"),
          secondsFromNow(seconds).as("expires_at"),
        ]),
    )
    .onConflict((conflict) =>
      conflict
        .columns(["kind", "subject"])
        .doUpdateSet(increaseCount("rate_limit"))
        .where((eb) => eb.or([eb("rate_limit.expires_at", "<", now), eb("rate_limit.count", "<", sql.lit(max))])),
    )
    .returning(["count", "expires_at"]);
}

/** What an insert that meets a count does: it adds one, or begins anew if the count has expired. */
export function increaseCount(table: "rate_limit" | "failed_verification") {
  const [count, until] = [sql.ref(`${table}.count`), sql.ref(`${table}.expires_at`)];
  return {
    count: sql<number>`case when ${until} < now() then 1 else ${count} + 1 end`,
    expires_at: sql<Date>`case when ${until} < now() then excluded.expires_at else ${until} end`,
  };
}

/** When there may be another one of a kind: null if there may be one now. */
export function limitedUntil({ kind, max }: RateLimit, subject: Expression<Buffer | null>) {
  return expressionBuilder<Database>()
    .selectFrom("rate_limit")
    .select("expires_at")
    .where("kind", "=", sql.lit(kind))
    .where("subject", "=", subject as RawBuilder<Buffer>)
    .where("count", ">=", sql.lit(max))
    .where("expires_at", ">", now);
}
