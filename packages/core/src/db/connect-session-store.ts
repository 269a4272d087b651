import { sql } from "kysely";
import type {
  ConnectSessionState,
  ConnectSessionStore,
  StoredVisit,
  Opening,
  OpenOutcome,
} from "../connect-sessions/index.ts";
import { ConnectError } from "../errors.ts";
import { now } from "./clock.ts";
import { prepareCreateSession } from "./connect-session-create.ts";
import { readSessionState, shownSessionStatus, type SessionStateRow } from "./connect-session-row.ts";
import type { Pooled } from "./database.ts";

/** The connect sessions in PostgreSQL. */
export function createConnectSessionStore(db: Pooled): ConnectSessionStore {
  return {
    create: prepareCreateSession(db),
    openOnce: (opening) => openSession(db, opening),
    getVisit: (token) => getVisit(db, token),
    getStatus: (application, id) => getStatus(db, application, id),
    cancel: (application, id) => cancelSession(db, application, id),
  };
}

/** The row of `session` is what every statement over the caller finds from now on. */
async function openSession(db: Pooled, { tokenHash, newSession, currentSession }: Opening): Promise<OpenOutcome> {
  const { rows } = await sql<{ opened: boolean; again: boolean; known: boolean }>`
    with found as (
      select id from ${sql.table("connect_session")} where token_hash = ${tokenHash} and expires_at > now()),
    opened as (
      update ${sql.table("connect_session")} s
      set opened_at = now(), status = 'opened', expires_at = now() + make_interval(secs => s.lifetime_seconds)
      from found where s.id = found.id and s.opened_at is null and s.expires_at > now()
      returning s.id, s.user_id, s.providers, s.expires_at),
    begun as (
      insert into ${sql.table("session")} (id, token, user_id, expires_at, connect_session_id, providers)
      select ${newSession.id}, ${newSession.token}, user_id, expires_at, id, providers from opened
      returning id)
    select exists (select from begun) as opened, exists (select from found) as known,
           exists (select from found join ${sql.table("session")} b on b.connect_session_id = found.id
                   where b.token = ${currentSession ?? null}::text and b.expires_at > now()) as again`.execute(db);
  const [row] = rows;
  if (row?.opened) return "opened";
  if (row?.again) return "again";
  return row?.known ? "opened_elsewhere" : "unknown";
}

async function getVisit(db: Pooled, token: string): Promise<StoredVisit> {
  const row = await db
    .selectFrom("session as b")
    .innerJoin("connect_session as s", "s.id", "b.connect_session_id")
    .innerJoin("user as u", "u.id", "s.user_id")
    .select(["s.id", "s.providers", "s.scopes", "s.locale", "s.tenant_id", "s.tenant_name", "b.expires_at"])
    .select(["s.return_url", "s.reconnect_connection_id", "u.name", "u.contact_email", "u.external_id"])
    .where("b.token", "=", token)
    .where("b.expires_at", ">", now)
    .executeTakeFirst();
  if (row === undefined) throw new ConnectError("unauthenticated", "no live connect session");
  return {
    id: row.id,
    user: { id: row.external_id ?? "", name: row.name === "" ? null : row.name, email: row.contact_email },
    tenant: row.tenant_id === null ? null : { id: row.tenant_id, name: row.tenant_name },
    providers: row.providers,
    scopes: row.scopes,
    returnUrl: row.return_url,
    connection: row.reconnect_connection_id === null ? null : Number(row.reconnect_connection_id),
    locale: row.locale,
    expiresAt: row.expires_at.toISOString(),
  };
}

/** Gets the scopes that a live connect session asks for at a provider. Undefined: the configured ones. Throws `unauthenticated`. */
export async function getSessionScopes(
  db: Pooled,
  token: string,
  provider: string,
): Promise<readonly string[] | undefined> {
  const row = await db
    .selectFrom("session as b")
    .innerJoin("connect_session as s", "s.id", "b.connect_session_id")
    .select("s.scopes")
    .where("b.token", "=", token)
    .where("b.expires_at", ">", now)
    .executeTakeFirst();
  if (row === undefined) throw new ConnectError("unauthenticated", "no live connect session");
  return row.scopes[provider];
}

async function getStatus(db: Pooled, application: string, id: string): Promise<ConnectSessionState> {
  const row = await db
    .selectFrom("connect_session as s")
    .select(["s.id", "s.failure", "s.connection_id", "s.expires_at", shownSessionStatus.as("status")])
    .where("s.id", "=", id)
    .where("s.application", "=", application)
    .executeTakeFirst();
  return readFound(row);
}

/**
 * An attempt whose code is being exchanged at this moment goes on: the provider has granted access already. Attempts are locked
 * first, as by everything that changes one: its connect session follows it.
 */
async function cancelSession(db: Pooled, application: string, id: string): Promise<ConnectSessionState> {
  const { rows } = await sql<SessionStateRow>`
    with begun as (
      select a.id from ${sql.table("attempt")} a join ${sql.table("connect_session")} s on s.id = a.connect_session_id
      where s.id = ${id} and s.application = ${application} order by a.id for update of a),
    cancelled as (
      update ${sql.table("connect_session")} s
      set status = case when s.status = 'connected' then s.status else 'failed' end,
          failure = case when s.status = 'connected' then null else 'session_cancelled' end,
          expires_at = least(s.expires_at, now())
      where s.id = ${id} and s.application = ${application} and (select count(*) from begun) is not null
      returning s.id, s.status, s.failure, s.connection_id, s.expires_at),
    closed as (
      delete from ${sql.table("session")} b using cancelled where b.connect_session_id = cancelled.id),
    ended as (
      update ${sql.table("attempt")} a
      set status = 'failed', failure = 'session_cancelled',
          authorization_response = case when a.current_step is null then null else a.authorization_response end,
          provider_state = case when a.current_step is null then null else a.provider_state end
      from cancelled
      where a.connect_session_id = cancelled.id and (a.status in ('started', 'returned', 'awaiting_user')
          -- A login's claim is a step, and no exchange.
          or (a.status = 'claimed' and a.authorization_response is null)))
    select * from cancelled`.execute(db);
  return readFound(rows[0]);
}

function readFound(row: SessionStateRow | undefined): ConnectSessionState {
  if (row === undefined) throw new ConnectError("connect_session_unknown", "no such connect session");
  return readSessionState(row);
}
