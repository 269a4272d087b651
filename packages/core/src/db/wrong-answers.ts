import { type Kysely, sql } from "kysely";
import { ConnectError } from "../errors.ts";
import { type CodeLimits, freeForCode, withCountedCode } from "./code-limits.ts";
import { secondsFromNow } from "./clock.ts";
import type { Database } from "./schema.ts";
import { countAgain, countOne, type Quota } from "./tally.ts";

const periodSeconds = 3600;

/** Wrong answers that a user may give to one question about one subject in an hour. */
export const maxWrongAnswers = 5;

/** Wrong answers that all users together may give about one recipient in an hour. */
export const wrongAboutOne: Quota = { kind: "wrong answer about one", max: 10, seconds: periodSeconds };

/** Counts a wrong answer, for the user and for the code's recipient. Gives how many are left, and for how many seconds. */
export async function countWrongAnswer(
  db: Kysely<Database>,
  id: Buffer,
  question: string,
): Promise<{ left: number; retryAfter: number }> {
  const row = await db
    .with("login", (query) =>
      query.selectFrom("attempt").select(["user_id", "subject", "reaches"]).where("id", "=", id),
    )
    .with("everybody", (query) => {
      const recipients = query.selectFrom("login").select("reaches as subject").where("reaches", "is not", null);
      return countOne(query, wrongAboutOne, recipients.$narrowType<{ subject: Buffer }>().as("counting"));
    })
    .with("own", (query) =>
      query
        .insertInto("wrong_answer")
        .columns(["user_id", "subject", "question", "count", "until"])
        .expression((select) =>
          select
            .selectFrom("login")
            .select(["user_id", "subject", sql`${question}::text`.as("question"), sql.lit(1).as("count")])
            .select(secondsFromNow(periodSeconds).as("until"))
            .where("user_id", "is not", null),
        )
        .onConflict((conflict) =>
          conflict.columns(["user_id", "subject", "question"]).doUpdateSet(countAgain("wrong_answer")),
        )
        .returning(["count", "until"]),
    )
    .selectFrom(["login", "own"])
    .leftJoin("everybody", (join) => join.onTrue())
    .select([
      sql<number>`least(${sql.lit(maxWrongAnswers)} - own.count, case when login.reaches is not null
        then ${sql.lit(wrongAboutOne.max)} - coalesce(everybody.count, ${sql.lit(wrongAboutOne.max)}) end)::int`.as(
        "left",
      ),
      sql<number>`ceil(extract(epoch from greatest(own.until, everybody.until) - now()))::int`.as("wait"),
    ])
    .executeTakeFirst();
  return { left: row?.left ?? 0, retryAfter: row?.wait ?? periodSeconds };
}

/** Counts another code of a login that has begun. Throws `too_many_requests` if there were enough. */
export async function countNextCode(db: Kysely<Database>, codes: CodeLimits, id: Buffer): Promise<void> {
  const withRecipient = db.with("recipient", (query) =>
    query
      .selectFrom("attempt")
      .select(["reaches", "provider"])
      .where("id", "=", id)
      .where("reaches", "is not", null)
      .$narrowType<{ reaches: Buffer }>(),
  );
  const free = freeForCode(codes, { reaches: sql.ref("recipient.reaches"), provider: sql.ref("recipient.provider") });
  const row = await withCountedCode(withRecipient, codes, sql`(select provider from recipient)`)
    .selectFrom("recipient")
    .select((eb) => eb.exists(eb.selectFrom("counted").select("until")).as("isCounted"))
    .select(sql<number | null>`ceil(extract(epoch from ${free} - now()))::int`.as("wait"))
    .executeTakeFirst();
  if (row === undefined || row.isCounted) return;
  throw new ConnectError("too_many_requests", "too many codes", { retryAfter: Math.max(1, row.wait ?? 1) });
}
