import { type AliasedExpression, type QueryCreator, sql } from "kysely";
import { fingerprint } from "../vault/index.ts";
import type { Pooled } from "./database.ts";
import { now, secondsFromNow } from "./clock.ts";
import { type ArgumentOf, prepareStatement } from "./prepared.ts";
import type { Database } from "./schema.ts";

/** For which account a password is tried, and from which network. */
export interface PasswordTry {
  account: string;
  from: string;
}

/** Counts tries of passwords, for all processes. */
export interface PasswordTries {
  /** Counts a try before it is made. Gives the seconds to wait if it must not be made now. */
  begin(attempt: PasswordTry): Promise<number | undefined>;
  /** Records that the password was right: tries from that network are forgotten, and strangers' tries no longer delay it. */
  succeed(attempt: PasswordTry): Promise<void>;
}

/** Tries without a pause: from one network, and from all of them together. */
const [maxFreeHere, maxFreeEverywhere] = [5, 20];
/** Each pause is twice the one before. */
const [firstPauseSeconds, maxPauseSeconds] = [15, 900];
const daySeconds = 86_400;
const knownSeconds = 90 * daySeconds;

/** Creates the counts of password tries. */
export function createPasswordTries(db: Pooled): PasswordTries {
  const beginTry = prepareStatement(db, (argument: ArgumentOf<TryValues>) => buildBegin(db, argument));
  const recordSuccess = prepareStatement(db, (argument: ArgumentOf<TryValues>) => buildSuccess(db, argument));
  return {
    async begin(attempt) {
      const [row] = await beginTry(fingerprintsOf(attempt));
      return row?.admitted ? undefined : Math.max(1, row?.wait ?? 1);
    },
    succeed: async (attempt) => void (await recordSuccess(fingerprintsOf(attempt))),
  };
}

type TryValues = { here: Buffer; account: Buffer };

function fingerprintsOf({ account, from }: PasswordTry): TryValues {
  return { here: fingerprint(`${from}|${account}`), account: fingerprint(account) };
}

/** A try from a network that knows the password counts for that network alone. A try that has to wait counts nowhere. */
function buildBegin(db: Pooled, argument: ArgumentOf<TryValues>) {
  const here = sql<Buffer>`${argument((values) => values.here)}::bytea`;
  const account = sql<Buffer>`${argument((values) => values.account)}::bytea`;
  return db
    .with("known", (query) =>
      query
        .selectFrom("rate_limit")
        .select("kind")
        .where("kind", "=", "password_known_network")
        .where("subject", "=", here)
        .where("expires_at", ">", now),
    )
    .with("held", (query) =>
      query
        .selectFrom("rate_limit")
        .select((eb) => eb.fn.max("retry_at").as("retry_at"))
        .where((eb) =>
          eb.or([
            eb.and([eb("kind", "=", "password_from_network"), eb("subject", "=", here)]),
            eb.and([
              eb("kind", "=", "password_of_account"),
              eb("subject", "=", account),
              eb.not(eb.exists(eb.selectFrom("known").select("known.kind"))),
            ]),
          ]),
        ),
    )
    .with("here", (query) => {
      const free = query.selectFrom("held").where(sql<boolean>`coalesce(held.retry_at <= now(), true)`);
      return countTry(
        query,
        maxFreeHere,
        free.select([sql.lit("password_from_network").as("kind"), here.as("subject")]).as("one"),
      );
    })
    .with("everywhere", (query) => {
      const strange = query
        .selectFrom("here")
        .where((eb) => eb.not(eb.exists(eb.selectFrom("known").select("known.kind"))));
      return countTry(
        query,
        maxFreeEverywhere,
        strange.select([sql.lit("password_of_account").as("kind"), account.as("subject")]).as("one"),
      );
    })
    .selectFrom("held")
    .select([
      sql<boolean>`exists (select from here) and (exists (select from known) or exists (select from everywhere))`.as(
        "admitted",
      ),
      sql<number | null>`ceil(extract(epoch from held.retry_at - now()))::int`.as("wait"),
    ]);
}

type OneTry = AliasedExpression<{ kind: string; subject: Buffer }, "one">;

/** Counts a try, and makes the next one wait once there were `maxFree`. Gives a row if this one did not have to wait. */
function countTry(query: QueryCreator<Database>, maxFree: number, one: OneTry) {
  const next = sql<number>`case when rate_limit.expires_at < now() then 1 else rate_limit.count + 1 end`;
  const doublings = sql`least(${next} - ${sql.lit(maxFree)}, 10)`;
  const pauseSeconds = sql`case when ${next} < ${sql.lit(maxFree)} then 0
    else least(${sql.lit(firstPauseSeconds)} * 2 ^ ${doublings}, ${sql.lit(maxPauseSeconds)}) end`;
  return query
    .insertInto("rate_limit")
    .columns(["kind", "subject", "count", "expires_at"])
    .expression((select) =>
      select
        .selectFrom(one)
        .select(["one.kind", "one.subject", sql.lit(1).as("count"), secondsFromNow(daySeconds).as("expires_at")]),
    )
    .onConflict((conflict) =>
      conflict
        .columns(["kind", "subject"])
        .doUpdateSet((eb) => ({
          count: next,
          expires_at: eb.ref("excluded.expires_at"),
          retry_at: sql<Date>`now() + interval '1 second' * ${pauseSeconds}`,
        }))
        .where("rate_limit.retry_at", "<=", now),
    )
    .returning("count");
}

function buildSuccess(db: Pooled, argument: ArgumentOf<TryValues>) {
  const here = argument((values) => values.here);
  return db
    .with("forgotten", (query) =>
      query.deleteFrom("rate_limit").where("kind", "=", "password_from_network").where("subject", "=", here),
    )
    .insertInto("rate_limit")
    .values({ kind: "password_known_network", subject: here, count: 1, expires_at: secondsFromNow(knownSeconds) })
    .onConflict((conflict) =>
      conflict.columns(["kind", "subject"]).doUpdateSet((eb) => ({ expires_at: eb.ref("excluded.expires_at") })),
    );
}
