import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Connection, NewGrant, OrphanedGrant } from "../connect/index.ts";
import { ConnectError, type FailureCode, type SignedInAccount } from "../errors.ts";
import { connectionJson } from "./connection-json.ts";
import { seconds } from "./clock.ts";
import { addJob, dropJob } from "./jobs.ts";
import { jobsOfKept, keptGrant } from "./kept-grant.ts";
import type { Database } from "./schema.ts";

type Stored = { held: boolean; fits: boolean; connection: Connection | null };

/**
 * Credential, connection, outcome, audit and the revocation of what was replaced: one statement, so that all of it is
 * there or nothing. It only acts for the holder of a claim that has not run out, and `claimed` is locked until the end.
 */
export async function completeAttempt(db: Kysely<Database>, id: Buffer, grant: NewGrant): Promise<Connection> {
  const { credential, client, account } = grant;
  const { rows } = await sql<Stored>`
    with claimed as (
      select a.id, a.user_id, a.provider, a.reconnects from attempt a
      where a.id = ${id} and a.status = 'claimed' and a.claimed_until > now() and a.user_id is not null
      for update),
    target as (
      select claimed.* from claimed
      where claimed.reconnects is null or exists (
        select from connection c
        where c.id = claimed.reconnects and c.client_id = ${client.id} and c.mode = ${client.mode}
          and c.external_id = ${account.id})),
    k as (
      insert into credential as old
        (id, provider, client_id, mode, external_id, shared, secret, scopes, expires_at, refresh_expires_at)
      select ${credential.id}::uuid, provider, ${client.id}, ${client.mode}, ${account.id}, ${credential.shared},
             ${credential.secret}, ${credential.scopes}::text[], now() + ${seconds(credential.expiresInSeconds)},
             now() + ${seconds(credential.refreshExpiresInSeconds)}
      from target
      on conflict (id) do update
      set secret = excluded.secret, scopes = excluded.scopes, expires_at = excluded.expires_at,
          refresh_expires_at = excluded.refresh_expires_at, version = old.version + 1, status = 'active',
          reason = null, lease_owner = null, lease_until = null, refresh_sent_at = null, failures = 0,
          retry_at = null, paused_at = null, issued_at = now(), updated_at = now()
      returning *),
    c as (
      insert into connection as old
        (user_id, credential_id, provider, client_id, mode, external_id, label, email, details)
      select target.user_id, k.id, k.provider, k.client_id, k.mode, k.external_id, ${account.label},
             ${account.email ?? null}, ${JSON.stringify(account.details)}::jsonb
      from target, k
      on conflict (user_id, provider, client_id, mode, external_id) do update
      set previous_credential_id = old.credential_id, credential_id = excluded.credential_id, label = excluded.label,
          email = excluded.email, details = excluded.details, connected_at = now()
      returning *),
    replaced as (
      update credential set status = 'disconnecting', reason = 'replaced', updated_at = now()
      from c where credential.id = c.previous_credential_id and c.previous_credential_id <> c.credential_id
      returning credential.id),
    done as (
      update attempt set status = 'connected', connection_id = c.id, notes = null, returned = null
      from c where attempt.id = ${id}),
    audited as (
      insert into audit_event (actor, action, provider, connection_id)
      select 'user:' || c.user_id,
             case when c.previous_credential_id is null then 'connected' else 'reconnected' end, c.provider, c.id
      from c)
    select exists (select from claimed) as held, exists (select from target) as fits,
           (select ${connectionJson} from c, k) as connection,
           ${jobsAfter(credential)}
    `.execute(db);
  const [row] = rows;
  if (row?.connection) return row.connection;
  throw row?.held
    ? new ConnectError("account_mismatch", "another account than the one to be reconnected")
    : new ConnectError("outcome_unknown", "the claim ran out before the grant could be stored");
}

/** The new credential `k` is looked after from now on, and the one that it `replaced` is ended. */
function jobsAfter({ maintainInSeconds, subscribesToEvents }: NewGrant["credential"]): RawBuilder<unknown> {
  return sql`
    (select ${addJob("revoke", sql`replaced.id`)} from replaced) as ending,
    (select ${dropJob("keep", sql`replaced.id`)} from replaced) as kept,
    (select ${addJob("keep", sql`k.id`, seconds(maintainInSeconds))} from k where ${maintainInSeconds !== undefined}::boolean) as keeping,
    (select ${addJob("subscribe", sql`k.id`)} from k where ${subscribesToEvents}::boolean) as subscribing`;
}

type Failing = { failure: FailureCode; left: "unknown account" | undefined };

/** Ends a claimed attempt. A second call changes nothing. */
export async function failAttempt(db: Kysely<Database>, id: Buffer, { failure, left }: Failing): Promise<void> {
  await sql`
    with failed as (
      update attempt set status = 'failed', failure = ${failure}, notes = null, returned = null
      where id = ${id} and status = 'claimed'
      returning user_id, provider)
    -- Where the provider keeps one grant for each account, it is most likely the user's own that has ended.
    select ${addJob("supersede", sql`k.id`)} from failed
    join connection c on c.user_id = failed.user_id and c.provider = failed.provider
    join credential k on k.id = c.credential_id and k.shared and k.status = 'active'
    where ${left !== undefined}::boolean`.execute(db);
}

type Stranded = { failure: FailureCode; grant: OrphanedGrant };

/**
 * Ends a claimed attempt and keeps the grant that came of it. Whatever has become of the attempt meanwhile, the grant is
 * there, and has to be held or ended.
 */
export async function failWithGrant(
  db: Kysely<Database>,
  id: Buffer,
  { failure, grant }: Stranded,
): Promise<SignedInAccount | undefined> {
  const { account, provider, client } = grant;
  const { rows } = await sql<{ account: SignedInAccount | null }>`
    with ${keptGrant(grant, { failure })},
    seen as (
      select a.user_id,
             case when ${account !== undefined}::boolean then jsonb_build_object(
               'label', ${account?.label ?? null}::text,
               'connected', exists (
                 select from connection c join credential k on k.id = c.credential_id
                 where c.user_id = a.user_id and c.provider = ${provider} and c.client_id = ${client.id}
                   and c.mode = ${client.mode} and c.external_id = ${account?.id ?? null}
                   and (k.status = 'active' or exists (select from held where held.id = k.id)))) end as account
      from attempt a where a.id = ${id}),
    failed as (
      update attempt a
      set status = 'failed', failure = ${failure}, notes = null, returned = null, signed_in = seen.account
      from seen where a.id = ${id} and a.status = 'claimed'
      returning a.user_id),
    audited as (
      insert into audit_event (actor, action, provider, details)
      select coalesce('user:' || user_id, 'patchbay'), 'refused', ${provider}, jsonb_build_object('failure', ${failure}::text) from failed)
    select (select account from seen) as account, ${jobsOfKept(grant)}`.execute(db);
  return rows[0]?.account ?? undefined;
}
