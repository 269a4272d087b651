import { sql, type RawBuilder } from "kysely";

/** The name of the job that ends a credential, and its payload. */
export const revocationJob = "revoke";

/**
 * A call that adds the job which revokes a credential, as part of the statement that causes it. One job a credential;
 * tried for about three days, at growing distances.
 */
export function addRevocation(credential: RawBuilder<unknown>, delay = "0 seconds"): RawBuilder<unknown> {
  return sql`(graphile_worker.add_job(
    ${revocationJob}, json_build_object('credential', ${credential}), run_at := now() + ${delay}::interval,
    max_attempts := 19, job_key := 'revoke:' || ${credential})).id`;
}
