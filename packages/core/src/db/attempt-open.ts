import { sql, type Kysely } from "kysely";
import type { Caller, NewAttempt } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { callerOf } from "./live-session.ts";
import type { Database } from "./schema.ts";

const liveAttempts = 20;

interface Start {
  status: "started" | "claimed";
  perMinute: number;
}

/** An attempt that leads to the provider: beginning it costs nobody anything. */
export const redirectStart: Start = { status: "started", perMinute: 30 };
/** One whose beginning may send a code to somebody's phone. Its caller holds it until the first step is there. */
export const walkStart: Start = { status: "claimed", perMinute: 10 };

type Opened = { made: Date | null; known: boolean; wait: number };

/**
 * Stores a new attempt, where its user has not begun too many. One statement checks the session and the limits. Gives when
 * the attempt ends.
 */
// oxlint-disable-next-line max-params -- the fourth is which kind of start
export async function openAttempt(
  db: Kysely<Database>,
  caller: Caller,
  attempt: NewAttempt,
  start: Start,
): Promise<Date> {
  // What was begun elsewhere makes no phone ring.
  const alike = start.status === "claimed" ? sql`provider = ${attempt.provider}` : sql`true`;
  const counts = sql`created_at > now() - interval '1 minute' and ${alike}`;
  const { rows } = await sql<Opened>`
    with ${callerOf(caller.session)},
    load as (
      select count(*) filter (where status in ('started', 'returned', 'walking', 'claimed') and expires_at > now()) as live,
             count(*) filter (where ${counts}) as recent,
             min(created_at) filter (where ${counts}) as oldest_recent,
             min(expires_at) filter (where status in ('started', 'returned', 'walking', 'claimed') and expires_at > now()) as next_end
      from attempt
      where user_id = (select user_id from caller) and created_at > now() - interval '11 minutes'),
    target as (
      select ${attempt.reconnects ?? null}::bigint is null or exists (
        select from connection, caller
        where connection.id = ${attempt.reconnects ?? null}::bigint and connection.user_id = caller.user_id
          and connection.provider = ${attempt.provider}) as known),
    made as (
      insert into attempt (id, user_id, session_id, browser, provider, redirect_uri, notes, reconnects, expires_at,
                           status, claimed_until)
      select ${attempt.id}, user_id, session_id, ${attempt.browser}, ${attempt.provider}, ${attempt.redirectUri},
             ${attempt.notes}, ${attempt.reconnects ?? null}::bigint, now() + interval '10 minutes',
             ${start.status}, case when ${start.status}::text = 'claimed' then now() + interval '40 seconds' end
      from caller, load, target
      where load.live < ${liveAttempts} and load.recent < ${start.perMinute} and target.known
      returning expires_at)
    select (select expires_at from made) as made, target.known,
           ceil(extract(epoch from case when load.recent >= ${start.perMinute}
             then load.oldest_recent + interval '1 minute' else load.next_end end - now()))::int as wait
    from caller, load, target`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new ConnectError("unauthenticated", "no live session");
  if (row.made) return row.made;
  if (!row.known) throw new ConnectError("connection_unknown", "no such connection of this user");
  throw new ConnectError("too_many_requests", "too many attempts", { retryAfter: Math.max(1, row.wait) });
}
