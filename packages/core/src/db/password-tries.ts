import { sql, type RawBuilder } from "kysely";
import { fingerprint } from "../vault/index.ts";
import type { Pooled } from "./database.ts";
import { prepared } from "./prepared.ts";

/** Where a password is tried: for which account, and from which network. */
export interface Trying {
  account: string;
  from: string;
}

/** Counts tries of passwords, for all processes. */
export interface PasswordTries {
  /** Counts a try before it is made. Gives the seconds to wait where it must not be made. */
  begin(trying: Trying): Promise<number | undefined>;
  /** Notes that it was right: the tries from there are forgotten, and strangers' no longer hold up who comes from there. */
  succeed(trying: Trying): Promise<void>;
}

/** Tries without a pause: from one network, and from all of them together. */
const freeHere = 5;
const freeEverywhere = 20;
/** The first pause and the longest, in seconds. Each is twice the one before. */
const [firstPause, longestPause] = [15, 900];
const knownDays = 90;

export function createPasswordTries(db: Pooled): PasswordTries {
  const begun = prepared<{ admitted: boolean; wait: number | null }>(db, beginning);
  const succeeded = prepared(
    db,
    (argument) => sql`
      with forgotten as (delete from tally where kind = 'password here' and subject = ${argument(0)})
      insert into tally (kind, subject, count, until)
      values ('password known', ${argument(0)}, 1, now() + interval '1 day' * ${sql.lit(knownDays)})
      on conflict (kind, subject) do update set until = excluded.until`,
  );
  return {
    async begin(trying) {
      const [row] = await begun(hereOf(trying), fingerprint(trying.account));
      return row?.admitted ? undefined : Math.max(1, row?.wait ?? 1);
    },
    async succeed(trying) {
      await succeeded(hereOf(trying));
    },
  };
}

function hereOf({ account, from }: Trying): Buffer {
  return fingerprint(`${from}|${account}`);
}

/** A row of the account is not touched while it makes others wait: who asks too early has not tried. */
function beginning(argument: (position: number) => unknown): RawBuilder<{ admitted: boolean; wait: number | null }> {
  const [here, account] = [sql`${argument(0)}::bytea`, sql`${argument(1)}::bytea`];
  return sql`
    with known as (
      select from tally where kind = 'password known' and subject = ${here} and until > now()),
    held as (
      select max(free_at) as free_at from tally
      where (kind = 'password here' and subject = ${here})
         or (kind = 'password' and subject = ${account} and not exists (select from known))),
    here as (${count(sql`'password here'`, here, { free: freeHere, rows: sql`from held where ${isFree}` })}),
    everywhere as (
      ${count(sql`'password'`, account, { free: freeEverywhere, rows: sql`from here where not exists (select from known)` })})
    select exists (select from here) and (exists (select from known) or exists (select from everywhere)) as admitted,
           ceil(extract(epoch from held.free_at - now()))::int as wait
    from held`;
}

const isFree = sql`coalesce(held.free_at <= now(), true)`;

function count(
  kind: RawBuilder<unknown>,
  subject: RawBuilder<unknown>,
  { free, rows }: { free: number; rows: RawBuilder<unknown> },
): RawBuilder<unknown> {
  const next = sql`case when t.until < now() then 1 else t.count + 1 end`;
  const doublings = sql`least(${next} - ${sql.lit(free)}, 10)`;
  return sql`
    insert into tally as t (kind, subject, count, until)
    select ${kind}, ${subject}, 1, now() + interval '1 day' ${rows}
    on conflict (kind, subject) do update
    set count = ${next}, until = excluded.until,
        free_at = now() + interval '1 second' * case when ${next} < ${sql.lit(free)} then 0
          else least(${sql.lit(firstPause)} * 2 ^ ${doublings}, ${sql.lit(longestPause)}) end
    where t.free_at <= now()
    returning 1`;
}
