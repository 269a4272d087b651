import { sql, type RawBuilder } from "kysely";
import type { Caller, NewAttempt } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import type { Pooled } from "./database.ts";
import { callerOf } from "./live-session.ts";
import { prepared } from "./prepared.ts";

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
 * Stores new attempts, where their user has not begun too many. One statement checks the session and the limits. Gives when
 * the attempt ends.
 */
export function createOpen(db: Pooled, start: Start): (caller: Caller, attempt: NewAttempt) => Promise<Date> {
  const opened = prepared<Opened>(db, statement(start));
  return async ({ session }, { id, browser, provider, redirectUri, notes, reconnects }) => {
    const [row] = await opened(session, provider, reconnects ?? null, id, browser, redirectUri, notes);
    if (row === undefined) throw new ConnectError("unauthenticated", "no live session");
    if (row.made) return row.made;
    if (!row.known) throw new ConnectError("connection_unknown", "no such connection of this user");
    throw new ConnectError("too_many_requests", "too many attempts", { retryAfter: Math.max(1, row.wait) });
  };
}

function statement({ status, perMinute }: Start) {
  return (argument: (position: number) => unknown): RawBuilder<Opened> => {
    const [session, provider, reconnects] = [argument(0), argument(1), sql`${argument(2)}::bigint`];
    // What was begun elsewhere makes no phone ring.
    const alike = status === "claimed" ? sql`provider = ${provider}` : sql`true`;
    const counts = sql`created_at > now() - interval '1 minute' and ${alike}`;
    const live = sql`status in ('started', 'returned', 'walking', 'claimed') and expires_at > now()`;
    return sql<Opened>`
      with ${callerOf(session)},
      load as (
        select count(*) filter (where ${live}) as live,
               count(*) filter (where ${counts}) as recent,
               min(created_at) filter (where ${counts}) as oldest_recent,
               min(expires_at) filter (where ${live}) as next_end
        from attempt
        where user_id = (select user_id from caller) and created_at > now() - interval '11 minutes'),
      target as (
        select ${reconnects} is null or exists (
          select from connection, caller
          where connection.id = ${reconnects} and connection.user_id = caller.user_id
            and connection.provider = ${provider}) as known),
      made as (
        insert into attempt (id, user_id, session_id, provider, reconnects, browser, redirect_uri, notes, expires_at,
                             status, claimed_until)
        select ${argument(3)}, user_id, session_id, ${provider}, ${reconnects}, ${argument(4)}, ${argument(5)},
               ${argument(6)}, now() + interval '10 minutes',
               ${status}, case when ${status}::text = 'claimed' then now() + interval '40 seconds' end
        from caller, load, target
        where load.live < ${liveAttempts} and load.recent < ${perMinute} and target.known
        returning expires_at)
      select (select expires_at from made) as made, target.known,
             ceil(extract(epoch from case when load.recent >= ${perMinute}
               then load.oldest_recent + interval '1 minute' else load.next_end end - now()))::int as wait
      from caller, load, target`;
  };
}
