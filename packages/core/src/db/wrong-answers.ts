import { sql, type Kysely } from "kysely";
import { ConnectError } from "../errors.ts";
import { countCode, freeForCode, type CodeLimits } from "./code-limits.ts";
import type { Database } from "./schema.ts";
import { countOne, type Quota } from "./tally.ts";

/** Wrong answers that a user may give to one question about one subject in an hour. */
export const wrongAnswers = 5;

/** Wrong answers that all users together may give about one recipient in an hour. */
export const wrongAboutOne: Quota = { kind: "wrong answer about one", most: 10, seconds: 3600 };

/** Counts a wrong answer, for the user and for the code's recipient. Gives how many are left, and for how many seconds. */
export async function countWrongAnswer(
  db: Kysely<Database>,
  id: Buffer,
  question: string,
): Promise<{ left: number; retryAfter: number }> {
  const { rows } = await sql<{ left: number; wait: number }>`
    with login as (select user_id, subject, reaches from attempt where id = ${id}),
    everybody as (${countOne(wrongAboutOne, sql`reaches`, sql`from login where reaches is not null`)}),
    own as (
      insert into wrong_answer as w (user_id, subject, question, count, until)
      select user_id, subject, ${question}, 1, now() + interval '1 hour' from login where user_id is not null
      on conflict (user_id, subject, question) do update
      set count = case when w.until < now() then 1 else w.count + 1 end,
          until = case when w.until < now() then excluded.until else w.until end
      returning count, until)
    select least(${wrongAnswers} - own.count, case when login.reaches is not null
             then ${wrongAboutOne.most} - coalesce(everybody.count, ${wrongAboutOne.most}) end)::int as left,
           ceil(extract(epoch from greatest(own.until, everybody.until) - now()))::int as wait
    from login, own left join everybody on true`.execute(db);
  const { left = 0, wait = 3600 } = rows[0] ?? {};
  return { left, retryAfter: wait };
}

/** Counts another code of a login that has begun. Throws `too_many_requests` if there were enough. */
export async function countNextCode(db: Kysely<Database>, codes: CodeLimits, id: Buffer): Promise<void> {
  const { rows } = await sql<{ counted: boolean; wait: number | null }>`
    with login as (select reaches, provider from attempt where id = ${id} and reaches is not null),
    ${countCode(codes, { reaches: sql`reaches`, provider: sql`(select provider from login)`, rows: sql`from login` })}
    select exists (select from counted) as counted,
           ceil(extract(epoch from ${freeForCode(codes, { reaches: sql`reaches`, provider: sql`provider` })} - now()))::int as wait
    from login`.execute(db);
  const [row] = rows;
  if (row === undefined || row.counted) return;
  throw new ConnectError("too_many_requests", "too many codes", { retryAfter: Math.max(1, row.wait ?? 1) });
}
