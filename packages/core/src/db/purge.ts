import type { DeleteResult, Kysely } from "kysely";
import { holdsLogin } from "./attempt-lease.ts";
import { now, secondsFromNow } from "./clock.ts";
import type { Database } from "./schema.ts";

/** Deletes expired attempts with all they hold, except for those whose login is still to be abandoned. Gives how many. */
export async function purgeAttempts(db: Kysely<Database>): Promise<number> {
  return await countDeleted(
    db
      .deleteFrom("attempt")
      .where("expires_at", "<", secondsFromNow(-60))
      .where((where) => where.not(holdsLogin(where))),
  );
}

/** Deletes counts of wrong answers that have expired. Gives how many. */
export async function purgeFailedVerifications(db: Kysely<Database>): Promise<number> {
  return await countDeleted(db.deleteFrom("failed_verification").where("expires_at", "<", now));
}

/** Deletes counts that have expired and hold up nothing. Gives how many. */
export async function purgeRateLimits(db: Kysely<Database>): Promise<number> {
  return await countDeleted(db.deleteFrom("rate_limit").where("expires_at", "<", now).where("retry_at", "<", now));
}

/** Deletes expired sessions. Gives how many. */
export async function purgeSessions(db: Kysely<Database>): Promise<number> {
  return await countDeleted(db.deleteFrom("session").where("expires_at", "<", now));
}

/** How long a connect session is kept after it was made, so that its back end can ask how it ended. */
const keptSessionSeconds = 7 * 86_400;
/** How long an idempotency key stands for the request that it came with first. */
const idempotencySeconds = 86_400;

/** Deletes connect sessions of a week ago. Gives how many. */
export async function purgeConnectSessions(db: Kysely<Database>): Promise<number> {
  return await countDeleted(
    db.deleteFrom("connect_session").where("created_at", "<", secondsFromNow(-keptSessionSeconds)),
  );
}

/** Forgets the idempotency keys of a day ago. Gives how many. */
export async function forgetIdempotencyKeys(db: Kysely<Database>): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable("connect_session")
    .set({ idempotency_key: null, request_hash: null })
    .where("created_at", "<", secondsFromNow(-idempotencySeconds))
    .where("idempotency_key", "is not", null)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** Deletes expired verifications. Gives how many. */
export async function purgeVerifications(db: Kysely<Database>): Promise<number> {
  return await countDeleted(db.deleteFrom("verification").where("expires_at", "<", now));
}

async function countDeleted(deletion: { executeTakeFirstOrThrow(): Promise<DeleteResult> }): Promise<number> {
  return Number((await deletion.executeTakeFirstOrThrow()).numDeletedRows);
}
