import { sql, type RawBuilder } from "kysely";
import { seconds } from "./clock.ts";

/** The jobs that concern one credential; their payload is `{ credential }`. */
export const credentialJobs = {
  /** Ends it at the provider. */
  revoke: "revoke",
  /** Refreshes it before it ends, or asks whether its grant lives. */
  keep: "keep",
  /** Asks the provider whether its grant lives, because an event says that it does not. */
  check: "check",
  /** As `check`, because another grant was given for the same account. */
  supersede: "supersede",
  /** As `check`, and deletes everything about it if it is dead. */
  erase: "erase",
  /** Registers our address for its account's events. */
  subscribe: "subscribe",
} as const;

/** The name of such a job. */
export type CredentialJob = keyof typeof credentialJobs;

/** Reads the webhook events that wait. */
export const webhooksJob = "webhooks";

/** The name of a function of the job queue, for a call in a statement. */
export function queueFunction(name: "add_job" | "remove_job" | "force_unlock_workers"): RawBuilder<unknown> {
  return sql.table(`graphile_worker.${name}`);
}

/**
 * A call that adds a job about a credential, as part of the statement that causes it. There is one job of a kind for each
 * credential: a later call moves it. If it fails, it is tried again for about three days, at growing distances.
 */
export function addJob(job: CredentialJob, credential: RawBuilder<unknown>, delay = seconds(0)): RawBuilder<unknown> {
  return sql`(${queueFunction("add_job")}(
    ${credentialJobs[job]}, json_build_object('credential', ${credential}), run_at := now() + ${delay},
    max_attempts := 19, job_key := ${`${job}:`} || ${credential})).id`;
}

/** A call that removes such a job. */
export function dropJob(job: CredentialJob, credential: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(${queueFunction("remove_job")}(${`${job}:`} || ${credential})).id`;
}
