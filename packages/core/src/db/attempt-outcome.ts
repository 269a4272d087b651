import { type Kysely, sql } from "kysely";
import type { OrphanedGrant } from "../connect/index.ts";
import type { FailureCode, SignedInAccount } from "../errors.ts";
import { addJob } from "./jobs.ts";
import { jobsOfKept, keptGrant } from "./kept-grant.ts";
import type { Database } from "./schema.ts";
import { shownStatus } from "./shown-health.ts";

/** Null, unless the attempt holds the grant of a finished login. */
function unlessHeld(column: "provider_state" | "authorization_response") {
  return sql<Buffer | null>`case when current_step is not null and authorization_response is not null then ${sql.ref(column)} end`;
}

type Failing = { failure: FailureCode; left: "unknown account" | undefined };

/** Ends a claimed attempt. A second call changes nothing. */
export async function failAttempt(db: Kysely<Database>, id: Buffer, { failure, left }: Failing): Promise<void> {
  const failed = db.with("failed", (query) =>
    query
      .updateTable("attempt")
      // What a finished login granted stays, until the purge has it revoked.
      .set({
        status: "failed",
        failure,
        provider_state: unlessHeld("provider_state"),
        authorization_response: unlessHeld("authorization_response"),
      })
      .where("id", "=", id)
      .where("status", "=", "claimed")
      .returning(["user_id", "provider"]),
  );
  // If the provider keeps one grant for each account, it is most likely the user's own that has ended.
  await failed
    .selectFrom("failed")
    .innerJoin("connection as c", (join) =>
      join.onRef("c.user_id", "=", "failed.user_id").onRef("c.provider", "=", "failed.provider"),
    )
    .innerJoin("credential as k", "k.id", "c.credential_id")
    .select(addJob("supersede", sql`k.id`).as("job"))
    .where("k.shared", "=", true)
    .where("k.status", "=", "active")
    .where(sql.lit(left !== undefined))
    .execute();
}

type Orphaning = { failure: FailureCode; grant: OrphanedGrant };

/**
 * Ends a claimed attempt and keeps the grant that came. The grant exists at the provider, so it is kept whatever has become of
 * the attempt. Gives the account that the user signed in to.
 */
export async function failWithGrant(
  db: Kysely<Database>,
  id: Buffer,
  { failure, grant }: Orphaning,
): Promise<SignedInAccount | undefined> {
  const { account, provider, client } = grant;
  const { rows } = await sql<{ account: SignedInAccount | null }>`
    with ${keptGrant(grant, { failure })},
    seen as (
      select a.user_id,
             case when ${account !== undefined}::boolean then jsonb_build_object(
               'label', ${account?.label ?? null}::text,
               'connected', exists (
                 select from ${sql.table("connection")} c join ${sql.table("credential")} k on k.id = c.credential_id
                 where c.user_id = a.user_id and c.provider = ${provider} and c.client_id = ${client.id}
                   and c.mode = ${client.mode} and c.external_id = ${account?.id ?? null}
                   and (${shownStatus} = 'active' or exists (select from held where held.id = k.id)))) end as account
      from ${sql.table("attempt")} a where a.id = ${id}),
    failed as (
      update ${sql.table("attempt")} a
      set status = 'failed', failure = ${failure}, provider_state = null, authorization_response = null, signed_in_account = seen.account
      from seen where a.id = ${id}
        and (a.status = 'claimed' or (a.current_step is not null and a.authorization_response is not null))
      returning a.user_id),
    audited as (
      insert into ${sql.table("audit_event")} (actor, action, provider, details)
      select coalesce('user:' || user_id, 'patchbay'), 'refused', ${provider}, jsonb_build_object('failure', ${failure}::text) from failed)
    select (select account from seen) as account, ${jobsOfKept(grant)}`.execute(db);
  return rows[0]?.account ?? undefined;
}
