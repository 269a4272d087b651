import { sql, type RawBuilder } from "kysely";
import type { Caller, ConnectFlow, LeasedLogin, NewAttempt } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { countCode, freeForCode, type CodeLimits } from "./code-limits.ts";
import type { Pooled } from "./database.ts";
import { callerStatement } from "./live-session.ts";
import { prepared } from "./prepared.ts";

const maxLiveAttempts = 20;

/** How an attempt of a flow begins, and how many a user may begin in a minute. */
interface Start {
  status: "started" | "claimed";
  maxPerMinute: number;
  /** For those that may send a code. */
  codes?: CodeLimits;
}

/** Beginning a redirect costs nobody anything. Beginning a login may send a code, and leaves the lease with its caller. */
const startOf = (codes: CodeLimits): Record<ConnectFlow, Start> => ({
  redirect: { status: "started", maxPerMinute: 30 },
  login: { status: "claimed", maxPerMinute: 10, codes },
});

type Created = { made: Date | null; known: boolean; wait: number | null };

/**
 * Prepares the statements that store new attempts, one for each flow and for each of first connection and reconnection. Each
 * checks session and limits.
 */
export function prepareCreate(db: Pooled, codes: CodeLimits) {
  const starts = startOf(codes);
  const prepare = (start: Start) => ({
    connect: prepared<Created>(db, statement(start, false)),
    reconnect: prepared<Created>(db, statement(start, true)),
  });
  const statements = { redirect: prepare(starts.redirect), login: prepare(starts.login) };
  return async ({ session }: Caller, attempt: NewAttempt): Promise<LeasedLogin> => {
    const { id, flow, browser, provider, redirectUri, providerState, reconnectConnectionId, codeRecipient } = attempt;
    const values = [session, provider, id, browser, redirectUri, providerState, codeRecipient ?? null];
    const { connect, reconnect } = statements[flow];
    const [row] = await (reconnectConnectionId === undefined
      ? connect(...values)
      : reconnect(...values, reconnectConnectionId));
    if (row === undefined) throw new ConnectError("unauthenticated", "no live session");
    if (row.made) return { id, provider, redirectUri, providerState, version: 0, expiresAt: row.made };
    if (!row.known) throw new ConnectError("connection_unknown", "no such connection of this user");
    throw new ConnectError("too_many_requests", "too many attempts", { retryAfter: Math.max(1, row.wait ?? 1) });
  };
}

const nothingCounted = sql`counted as (select where false)`;

function statement(start: Start, anew: boolean) {
  const { codes } = start;
  const [status, perMinute, most] = [sql.lit(start.status), sql.lit(start.maxPerMinute), sql.lit(maxLiveAttempts)];
  return (argument: (position: number) => unknown): RawBuilder<Created> => {
    const session = argument(0);
    const [provider, reaches] = [sql`${argument(1)}::text`, sql`${argument(6)}::bytea`];
    const reconnects = anew ? sql`${argument(7)}::bigint` : sql`null`;
    const sending = { reaches, provider };
    // Attempts at other providers send no code of this one.
    const alike = start.status === "claimed" ? sql`provider = ${provider}` : sql`true`;
    const counts = sql`created_at > now() - interval '1 minute' and ${alike}`;
    const live = sql`status in ('started', 'returned', 'walking', 'claimed') and expires_at > now()`;
    return sql<Created>`
      with ${callerStatement(session)},
      load as (
        select count(*) filter (where ${live}) as live,
               count(*) filter (where ${counts}) as recent,
               min(created_at) filter (where ${counts}) as oldest_recent,
               min(expires_at) filter (where ${live}) as next_end
        from attempt
        where user_id = (select user_id from caller) and created_at > now() - interval '11 minutes'),
      target as (select ${anew ? owns(reconnects, provider) : sql`true`} as known),
      allowed as (
        select user_id, session_id from caller, load, target
        where load.live < ${most} and load.recent < ${perMinute} and target.known),
      ${codes ? countCode(codes, { ...sending, rows: sql`from allowed where ${reaches} is not null` }) : nothingCounted},
      made as (
        insert into attempt (id, user_id, session_id, provider, reconnects, browser, redirect_uri, notes, expires_at,
                             status, claimed_until, reaches)
        select ${argument(2)}, user_id, session_id, ${provider}, ${reconnects}, ${argument(3)}, ${argument(4)},
               ${argument(5)}, now() + interval '10 minutes',
               ${status}, case when ${status} = 'claimed' then now() + interval '40 seconds' end, ${reaches}
        from allowed where ${reaches} is null or exists (select from counted)
        returning expires_at)
      select (select expires_at from made) as made, target.known,
             ceil(extract(epoch from case
               when load.recent >= ${perMinute} then load.oldest_recent + interval '1 minute'
               when load.live >= ${most} then load.next_end
               else ${codes ? freeForCode(codes, sending) : sql`null`} end - now()))::int as wait
      from caller, load, target`;
  };
}

/** Whether a connection is the caller's, at this provider. */
function owns(connection: RawBuilder<unknown>, provider: unknown): RawBuilder<unknown> {
  return sql`exists (
    select from connection, caller
    where connection.id = ${connection} and connection.user_id = caller.user_id and connection.provider = ${provider})`;
}
