import { type Kysely, sql } from "kysely";
import { ConnectError } from "../errors.ts";
import { type CodeLimits, codesLimitedUntil, withCountedCode } from "./code-limits.ts";
import { secondsFromNow } from "./clock.ts";
import type { Database } from "./schema.ts";
import { increaseCount, countUse, type RateLimit } from "./rate-limits.ts";

const periodSeconds = 3600;

/** Wrong answers that a user may give to one question about one subject in an hour. */
export const maxFailedVerifications = 5;

/** Wrong answers that all users together may give about one recipient in an hour. */
export const recipientFailureLimit: RateLimit = { kind: "failed_verification", max: 10, seconds: periodSeconds };

/** Counts a wrong answer, for the user and for the code's recipient. Gives how many are left, and for how many seconds. */
export async function countFailedVerification(
  db: Kysely<Database>,
  id: Buffer,
  question: string,
): Promise<{ left: number; retryAfter: number }> {
  const row = await db
    .with("login", (query) =>
      query.selectFrom("attempt").select(["user_id", "rate_limit_subject", "code_recipient"]).where("id", "=", id),
    )
    .with("everybody", (query) => {
      const recipients = query
        .selectFrom("login")
        .select("code_recipient as subject")
        .where("code_recipient", "is not", null);
      return countUse(query, recipientFailureLimit, recipients.$narrowType<{ subject: Buffer }>().as("counting"));
    })
    .with("own", (query) =>
      query
        .insertInto("failed_verification")
        .columns(["user_id", "subject", "question", "count", "expires_at"])
        .expression((select) =>
          select
            .selectFrom("login")
            .select(["user_id", "rate_limit_subject", sql`${question}::text`.as("question"), sql.lit(1).as("count")])
            .select(secondsFromNow(periodSeconds).as("expires_at"))
            .where("user_id", "is not", null),
        )
        .onConflict((conflict) =>
          conflict.columns(["user_id", "subject", "question"]).doUpdateSet(increaseCount("failed_verification")),
        )
        .returning(["count", "expires_at"]),
    )
    .selectFrom(["login", "own"])
    .leftJoin("everybody", (join) => join.onTrue())
    .select([
      sql<number>`least(${sql.lit(maxFailedVerifications)} - own.count, case when login.code_recipient is not null
        then ${sql.lit(recipientFailureLimit.max)} - coalesce(everybody.count, ${sql.lit(recipientFailureLimit.max)}) end)::int`.as(
        "left",
      ),
      sql<number>`ceil(extract(epoch from greatest(own.expires_at, everybody.expires_at) - now()))::int`.as("wait"),
    ])
    .executeTakeFirst();
  return { left: row?.left ?? 0, retryAfter: row?.wait ?? periodSeconds };
}

/** Counts another code of a login that has begun. Throws `too_many_requests` if there were enough. */
export async function countNextCode(db: Kysely<Database>, codes: CodeLimits, id: Buffer): Promise<void> {
  const withRecipient = db.with("recipient", (query) =>
    query
      .selectFrom("attempt")
      .select(["code_recipient", "provider"])
      .where("id", "=", id)
      .where("code_recipient", "is not", null)
      .$narrowType<{ code_recipient: Buffer }>(),
  );
  const free = codesLimitedUntil(codes, {
    recipient: sql.ref("recipient.code_recipient"),
    provider: sql.ref("recipient.provider"),
  });
  const row = await withCountedCode(withRecipient, codes, sql`(select provider from recipient)`)
    .selectFrom("recipient")
    .select((eb) => eb.exists(eb.selectFrom("counted").select("expires_at")).as("isCounted"))
    .select(sql<number | null>`ceil(extract(epoch from ${free} - now()))::int`.as("wait"))
    .executeTakeFirst();
  if (row === undefined || row.isCounted) return;
  throw new ConnectError("too_many_requests", "too many codes", { retryAfter: Math.max(1, row.wait ?? 1) });
}
