import { sql, type Kysely } from "kysely";
import { ConnectError } from "../errors.ts";
import { countCode, freeForCode, type CodeLimits } from "./code-limits.ts";
import type { Database } from "./schema.ts";
import { countOne, type Quota } from "./tally.ts";

/** What a user may guess wrong of one question and subject in an hour. */
export const wrongAnswers = 5;

/** What whoever was sent a code is guessed about in an hour, by all users together. */
export const wrongAboutOne: Quota = { kind: "wrong answer about one", most: 10, seconds: 3600 };

/** Counts a wrong answer, of the walk's user and about whom it reached. Gives how many are left, and until when, in seconds. */
export async function countWrong(
  db: Kysely<Database>,
  id: Buffer,
  question: string,
): Promise<{ left: number; retryAfter: number }> {
  const { rows } = await sql<{ left: number; wait: number }>`
    with walk as (select user_id, subject, reaches from attempt where id = ${id}),
    everybody as (${countOne(wrongAboutOne, sql`reaches`, sql`from walk where reaches is not null`)}),
    own as (
      insert into wrong_answer as w (user_id, subject, question, count, until)
      select user_id, subject, ${question}, 1, now() + interval '1 hour' from walk where user_id is not null
      on conflict (user_id, subject, question) do update
      set count = case when w.until < now() then 1 else w.count + 1 end,
          until = case when w.until < now() then excluded.until else w.until end
      returning count, until)
    select least(${wrongAnswers} - own.count, case when walk.reaches is not null
             then ${wrongAboutOne.most} - coalesce(everybody.count, ${wrongAboutOne.most}) end)::int as left,
           ceil(extract(epoch from greatest(own.until, everybody.until) - now()))::int as wait
    from walk, own left join everybody on true`.execute(db);
  const { left = 0, wait = 3600 } = rows[0] ?? {};
  return { left, retryAfter: wait };
}

/** Counts another code of a walk that has begun. Throws `too_many_requests` where there were enough. */
export async function countAnother(db: Kysely<Database>, codes: CodeLimits, id: Buffer): Promise<void> {
  const { rows } = await sql<{ counted: boolean; wait: number | null }>`
    with walk as (select reaches, provider from attempt where id = ${id} and reaches is not null),
    ${countCode(codes, { reaches: sql`reaches`, provider: sql`(select provider from walk)`, rows: sql`from walk` })}
    select exists (select from counted) as counted,
           ceil(extract(epoch from ${freeForCode(codes, { reaches: sql`reaches`, provider: sql`provider` })} - now()))::int as wait
    from walk`.execute(db);
  const [row] = rows;
  if (row === undefined || row.counted) return;
  throw new ConnectError("too_many_requests", "too many codes", { retryAfter: Math.max(1, row.wait ?? 1) });
}
