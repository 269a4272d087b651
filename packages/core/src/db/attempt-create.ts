import { type QueryCreator, type RawBuilder, sql } from "kysely";
import type { Caller, ConnectFlow, LeasedLogin, NewAttempt } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { loginLeaseSeconds } from "../leases.ts";
import { type CodeLimits, codesLimitedUntil, withCountedCode } from "./code-limits.ts";
import type { Pooled } from "./database.ts";
import { withCaller } from "./live-session.ts";
import { secondsFromNow } from "./clock.ts";
import { readCompletingSession } from "./connect-session-row.ts";
import { type ArgumentOf, prepareStatement } from "./prepared.ts";
import type { Database } from "./schema.ts";

const attemptSeconds = 600;
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

type CreateValues = NewAttempt & { session: string };

/** Prepares the statements that store new attempts, one for each flow. Each checks session and limits. */
export function prepareCreate(db: Pooled, codes: CodeLimits) {
  const starts = startOf(codes);
  const prepare = (flow: ConnectFlow) =>
    prepareStatement(db, (argument: ArgumentOf<CreateValues>) => buildCreate(db, argument, starts[flow]));
  const statements = { redirect: prepare("redirect"), login: prepare("login") };
  return async ({ session }: Caller, attempt: NewAttempt): Promise<LeasedLogin> => {
    const { id, provider, redirectUri, providerState } = attempt;
    const [row] = await statements[attempt.flow]({ ...attempt, session });
    if (row === undefined) throw new ConnectError("unauthenticated", "no live session");
    const { expiresAt, offered, known, wait } = row;
    if (expiresAt) {
      const completedIn = readCompletingSession(row);
      return { id, provider, redirectUri, providerState, version: 0, expiresAt, completedIn };
    }
    if (!offered) throw new ConnectError("provider_unknown", "no provider of this connect session");
    if (!known) throw new ConnectError("connection_unknown", "no such connection of this user");
    throw new ConnectError("too_many_requests", "too many attempts", { retryAfter: Math.max(1, wait ?? 1) });
  };
}

function buildCreate(db: Pooled, argument: ArgumentOf<CreateValues>, start: Start) {
  const { maxPerMinute, codes } = start;
  const { provider, recipient } = fieldsOf(argument);
  const allowed: QueryCreator<Database & Allowed> = withAllowed(db, argument, start);
  return (codes ? withCode(allowed, codes, { provider, recipient }) : allowed)
    .with("made", (query) => insertAttempt(query, argument, start))
    .selectFrom(["visit", "load", "target"])
    .select(["target.known", "visit.offered", "visit.returnUrl"])
    .select(
      sql<string | null>`case when visit."returnUrl" is not null then visit.connect_session_id end`.as("sessionId"),
    )
    .select((eb) => eb.selectFrom("made").select("made.expires_at").as("expiresAt"))
    .select(
      sql<number | null>`ceil(extract(epoch from case
        when load.recent >= ${sql.lit(maxPerMinute)} then load.oldest_recent + interval '1 minute'
        when load.live >= ${sql.lit(maxLiveAttempts)} then load.next_end
        else ${codes ? codesLimitedUntil(codes, { recipient, provider }) : sql`null`} end - now()))::int`.as("wait"),
    );
}

/** The arguments that occur where PostgreSQL cannot tell their types. */
function fieldsOf(argument: ArgumentOf<CreateValues>) {
  return {
    provider: sql<string>`${argument((values) => values.provider)}::text`,
    recipient: sql<Buffer | null>`${argument((values) => values.codeRecipient ?? null)}::bytea`,
    reconnectId: sql<string>`${argument((values) => values.reconnectConnectionId ?? null)}::bigint`,
  };
}

type Visit = {
  user_id: string;
  session_id: string;
  connect_session_id: string | null;
  /** Set if a back end completes the attempt. */
  returnUrl: string | null;
  reconnect_id: string | null;
  offered: boolean;
};

type Allowed = {
  visit: Visit;
  load: { live: string; recent: string };
  target: { known: boolean };
  allowed: Visit;
};

/** The caller in `visit` with what a connect session says, what the user has begun in `load`, whether the connection to renew is theirs in `target`, and a row of `allowed` if all is well. */
function withAllowed(db: Pooled, argument: ArgumentOf<CreateValues>, { maxPerMinute, codes }: Start) {
  const { provider, reconnectId } = fieldsOf(argument);
  const isLive = sql<boolean>`status in ('started', 'returned', 'awaiting_user', 'claimed') and expires_at > now()`;
  // Attempts at other providers send no code of this one.
  const isAlike = codes ? sql`provider = ${provider}` : sql`true`;
  const isRecent = sql<boolean>`created_at > now() - interval '1 minute' and ${isAlike}`;
  return withCaller(
    db,
    argument(({ session }) => session),
  )
    .with("visit", (query) =>
      query
        .selectFrom("caller")
        .leftJoin("connect_session as s", "s.id", "caller.connect_session_id")
        .select(["caller.user_id", "caller.session_id", "caller.connect_session_id", "s.return_url as returnUrl"])
        .select([
          sql<string | null>`coalesce(s.reconnect_connection_id, ${reconnectId})`.as("reconnect_id"),
          sql<boolean>`(caller.providers is null or ${provider} = any(caller.providers))`.as("offered"),
        ]),
    )
    .with("load", (query) =>
      query
        .selectFrom("attempt")
        .select((eb) => [
          eb.fn.countAll<string>().filterWhere(isLive).as("live"),
          eb.fn.countAll<string>().filterWhere(isRecent).as("recent"),
          eb.fn.min("created_at").filterWhere(isRecent).as("oldest_recent"),
          eb.fn.min("expires_at").filterWhere(isLive).as("next_end"),
        ])
        .where("user_id", "=", (eb) => eb.selectFrom("visit").select("visit.user_id"))
        .where("created_at", ">", secondsFromNow(-attemptSeconds - 60)),
    )
    .with("target", (query) =>
      query.selectFrom("visit").select((eb) => {
        const own = eb
          .selectFrom("connection")
          .select("connection.id")
          .whereRef("connection.id", "=", "visit.reconnect_id")
          .whereRef("connection.user_id", "=", "visit.user_id")
          .where("connection.provider", "=", provider);
        return sql<boolean>`(visit.reconnect_id is null or exists ${own})`.as("known");
      }),
    )
    .with("allowed", (query) =>
      query
        .selectFrom(["visit", "load", "target"])
        .selectAll("visit")
        .where("visit.offered", "=", true)
        .where("load.live", "<", sql<string>`${sql.lit(maxLiveAttempts)}`)
        .where("load.recent", "<", sql<string>`${sql.lit(maxPerMinute)}`)
        .where("target.known", "=", true),
    );
}

type Receiving = { provider: RawBuilder<string>; recipient: RawBuilder<Buffer | null> };

/** Counts the code that the first step sends, if it sends one. */
function withCode(
  query: QueryCreator<Database & Allowed>,
  codes: CodeLimits,
  { provider, recipient }: Receiving,
): QueryCreator<Database & Allowed> {
  const withRow = query.with("recipient", (select) =>
    select
      .selectFrom("allowed")
      .select(recipient.as("code_recipient"))
      .where(recipient, "is not", null)
      .$narrowType<{ code_recipient: Buffer }>(),
  );
  return withCountedCode(withRow, codes, provider);
}

function insertAttempt(query: QueryCreator<Database & Allowed>, argument: ArgumentOf<CreateValues>, start: Start) {
  const { provider, recipient } = fieldsOf(argument);
  return query
    .insertInto("attempt")
    .columns([
      "id",
      "user_id",
      "session_id",
      "provider",
      "browser_hash",
      "redirect_uri",
      "provider_state",
      "expires_at",
      "status",
      "claimed_until",
      "code_recipient",
      "reconnect_connection_id",
      "connect_session_id",
      "needs_completion",
    ])
    .expression((select) =>
      select
        .selectFrom("allowed")
        .select([argument(({ id }) => id).as("id"), "allowed.user_id", "allowed.session_id", provider.as("provider")])
        .select([
          argument(({ browser }) => browser).as("browser_hash"),
          argument(({ redirectUri }) => redirectUri).as("redirect_uri"),
          argument(({ providerState }) => providerState).as("provider_state"),
          secondsFromNow(attemptSeconds).as("expires_at"),
          sql.lit(start.status).as("status"),
          (start.status === "claimed" ? secondsFromNow(loginLeaseSeconds) : sql`null::timestamptz`).as("claimed_until"),
          recipient.as("code_recipient"),
          "allowed.reconnect_id as reconnect_connection_id",
          "allowed.connect_session_id",
          sql<boolean>`allowed."returnUrl" is not null`.as("needs_completion"),
        ])
        .where(start.codes ? sql<boolean>`(${recipient} is null or exists (select from counted))` : sql<boolean>`true`),
    )
    .returning("expires_at");
}
