import { sql, type RawBuilder } from "kysely";
import type { OrphanedGrant } from "../connect/index.ts";
import { seconds } from "./clock.ts";
import { addJob, dropJob } from "./jobs.ts";

/**
 * Common table expressions that store a grant which its attempt cannot keep. `held`: the grant took the place of its account's
 * one credential, which connections hold, for the provider has ended the grant before. `orphaned`: no connection holds it, and
 * it is stored until it is revoked. A credential whose grant was issued after `since` is newer, and stays. If the credential
 * was being ended already, the new grant is ended in its place.
 */
export function keptGrant(
  { credential, provider, client, account }: OrphanedGrant,
  {
    failure,
    where = sql`true`,
    since = sql`now()`,
  }: { failure: string | RawBuilder<unknown>; where?: RawBuilder<unknown>; since?: RawBuilder<unknown> },
): RawBuilder<unknown> {
  return sql`
    kept as (
      insert into ${sql.table("credential")} as old
        (id, provider, client_id, mode, external_id, shared, secret, scopes, expires_at, refresh_expires_at, status, reason)
      select ${credential.id}::uuid, ${provider}, ${client.id}, ${client.mode}, ${account?.id ?? null},
             ${credential.shared}, ${credential.secret}, ${credential.scopes}::text[],
             now() + ${seconds(credential.expiresInSeconds)}, now() + ${seconds(credential.refreshExpiresInSeconds)},
             'disconnecting', (${failure})::text
      where ${where}
      on conflict (id) do update
      set secret = excluded.secret, scopes = excluded.scopes, expires_at = excluded.expires_at,
          refresh_expires_at = excluded.refresh_expires_at, version = old.version + 1,
          status = case old.status when 'disconnecting' then old.status else 'active' end,
          reason = case
            when old.status = 'disconnecting' then old.reason
            -- It works with fewer permissions than needed, and its users are told.
            when excluded.reason = 'scope_missing' then excluded.reason end,
          lease_owner = null, lease_until = null, refresh_sent_at = null, failures = 0, retry_at = null, paused_at = null,
          issued_at = now(), updated_at = now()
      where old.issued_at <= ${since}
      returning id, provider, status),
    held as (select * from kept where status = 'active'),
    orphaned as (select * from kept where status = 'disconnecting'),
    told as (
      insert into ${sql.table("audit_event")} (actor, action, provider, connection_id, details)
      select 'patchbay', 'grant_replaced', held.provider, c.id, jsonb_build_object('failure', (${failure})::text)
      from held join ${sql.table("connection")} c on c.credential_id = held.id)`;
}

/** The jobs of such a grant: a held credential is maintained from now on, an orphaned one is revoked. */
export function jobsOfKept({
  credential: { maintainInSeconds, subscribesToEvents },
}: OrphanedGrant): RawBuilder<unknown> {
  return sql`
    (select ${addJob("revoke", sql`orphaned.id`)} from orphaned) as ending,
    (select ${dropJob("keep", sql`orphaned.id`)} from orphaned) as kept,
    (select ${addJob("keep", sql`held.id`, seconds(maintainInSeconds))} from held where ${maintainInSeconds !== undefined}::boolean) as keeping,
    (select ${addJob("subscribe", sql`held.id`)} from held where ${subscribesToEvents}::boolean) as subscribing`;
}
