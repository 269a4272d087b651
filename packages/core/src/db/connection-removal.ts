import { sql, type Kysely } from "kysely";
import type { ConnectionRemoval } from "../disconnect/index.ts";
import { ConnectError } from "../errors.ts";
import { revocationLeaseSeconds } from "../leases.ts";
import { seconds } from "./clock.ts";
import { addJob, dropJob } from "./jobs.ts";
import { callerStatement } from "./live-session.ts";
import type { Database } from "./schema.ts";

type Found = { known: boolean; credential_id: string | null };
type Left = { label: string; provider: string; details: Record<string, string>; credential: string | null };

/** The request itself asks the provider first: the job takes over once its lease is over. */
const headStart = seconds(revocationLeaseSeconds);

export function createConnectionRemoval(db: Kysely<Database>): ConnectionRemoval {
  return {
    removeConnection: (caller, connection) =>
      db.transaction().execute(async (transaction) => {
        const credential = await lock(transaction, caller.session, connection);
        const { rows } = await leave(caller.session, { id: connection.id, credential }).execute(transaction);
        const [left] = rows;
        if (left === undefined) throw new ConnectError("connection_unknown", "removed meanwhile");
        return { ...left, credential: left.credential ?? undefined };
      }),
  };
}

/** Locks the credential: two users who leave it at once must not each take the other for the one who stays. */
async function lock(
  db: Kysely<Database>,
  session: string,
  { id, provider }: { id: number; provider: string | undefined },
): Promise<string> {
  const { rows } = await sql<Found>`
    with ${callerStatement(session)},
    locked as (
      select k.id from connection c, caller, credential k
      where c.id = ${id} and c.user_id = caller.user_id and k.id = c.credential_id
        and c.provider = coalesce(${provider ?? null}::text, c.provider)
      for update of k)
    select true as known, locked.id as credential_id from caller left join locked on true`.execute(db);
  if (rows[0] === undefined) throw new ConnectError("unauthenticated", "no live session");
  const credential = rows[0].credential_id;
  if (credential === null) throw new ConnectError("connection_unknown", "no such connection of this user");
  return credential;
}

function leave(session: string, { id, credential }: { id: number; credential: string }) {
  return sql<Left>`
    with ${callerStatement(session)},
    gone as (
      delete from connection c using caller
      where c.id = ${id} and c.user_id = caller.user_id and c.credential_id = ${credential}::uuid
      returning c.*),
    ending as (
      update credential set status = 'disconnecting', reason = 'disconnected', updated_at = now()
      from gone
      where credential.id = gone.credential_id
        and not exists (
          select from connection other where other.credential_id = gone.credential_id and other.id <> gone.id)
      returning credential.id),
    audited as (
      insert into audit_event (actor, action, provider, connection_id, details)
      select 'user:' || user_id, 'disconnected', provider, id, jsonb_build_object('credential', credential_id)
      from gone)
    select gone.label, gone.provider, gone.details, ending.id as credential,
           case when ending.id is not null then ${addJob("revoke", sql`ending.id`, headStart)} end as ending_job,
           case when ending.id is not null then ${dropJob("keep", sql`ending.id`)} end as keeping_job
    from gone left join ending on true`;
}
