import { sql, type Kysely, type RawBuilder } from "kysely";
import type {
  Caller,
  Connection,
  LeasedLogin,
  LoginLease,
  PendingAttempt,
  StepIntent,
  StepState,
} from "../connect/index.ts";
import { ConnectError, type SignedInAccount } from "../errors.ts";
import { readFailed } from "./claim-row.ts";
import { connectionJson } from "./connection-json.ts";
import { callerStatement } from "./live-session.ts";
import type { AttemptStatus, Database } from "./schema.ts";
import { freeAgain } from "./tally.ts";
import { wrongAboutOne, wrongAnswers } from "./wrong-answers.ts";

/** Whether an attempt is a login that may hold something at its provider. */
export const holdsLogin: RawBuilder<boolean> = sql`(step is not null and notes is not null)`;

/** Stores a login's next step and gives the lease back. */
export async function saveStep(db: Kysely<Database>, { id, version }: LeasedLogin, next: StepState): Promise<void> {
  const { providerState, step, awaitingScan, rateLimitSubject } = next;
  await sql`
    update attempt
    set status = 'walking', notes = ${providerState}, step = ${step}, scans = ${awaitingScan},
        subject = coalesce(${rateLimitSubject ?? null}::bytea, subject), stepped_at = now(), claimed_until = null
    where id = ${id} and version = ${version} and status = 'claimed'`.execute(db);
}

/** Gives a login's lease back and leaves its step. */
export async function releaseLease(db: Kysely<Database>, { id, version }: LeasedLogin): Promise<void> {
  await sql`
    update attempt set status = 'walking', stepped_at = now(), claimed_until = null
    where id = ${id} and version = ${version} and status = 'claimed'`.execute(db);
}

/** Lists up to a hundred expired logins that may hold something at the provider. */
export async function listOverdueLogins(db: Kysely<Database>): Promise<PendingAttempt[]> {
  const { rows } = await sql<PendingAttempt>`
    select id, provider, redirect_uri as "redirectUri", notes as "providerState" from attempt
    where expires_at < now() - interval '1 minute' and ${holdsLogin}
    limit 100`.execute(db);
  return rows;
}

interface LoginRow {
  provider: string | null;
  redirect_uri: string;
  status: AttemptStatus;
  failure: string | null;
  signed_in: SignedInAccount | null;
  step: Buffer | null;
  expires_at: Date;
  notes: Buffer | null;
  version: number;
  wait: number | null;
  /** Whether that is for the user's own wrong answers to this question. */
  own: boolean | null;
  connection: Connection;
}

/**
 * Finds a login and acquires its lease if the intent needs it: an answer always, a look only if a code to scan was last
 * renewed two seconds ago. A lease that ran out with its process is taken over.
 */
export async function acquireLease(
  db: Kysely<Database>,
  caller: Caller,
  { id, intent }: { id: Buffer; intent: StepIntent },
): Promise<LoginLease> {
  if (caller.browser === undefined) throw new ConnectError("attempt_unknown", "no browser cookie");
  const question = intent.type === "answer" ? intent.question : null;
  const wanted =
    intent.type === "answer"
      ? sql`spent.until is null`
      : sql`fit.scans and fit.stepped_at < now() - interval '1.8 seconds'`;
  const { rows } = await sql<LoginRow>`
    with ${callerStatement(caller.session)},
    fit as (
      select a.* from attempt a, caller
      where a.id = ${id} and a.user_id = caller.user_id and a.session_id = caller.session_id
        and a.browser = ${caller.browser} and a.expires_at > now() and a.step is not null),
    spent as (
      select max(until) as until, bool_or(own) as own from (
        select wrong.until, true as own from wrong_answer wrong, fit
        where wrong.user_id = fit.user_id and wrong.subject = fit.subject and wrong.question = ${question}::text
          and wrong.count >= ${wrongAnswers} and wrong.until > now()
        union all
        select ${freeAgain(wrongAboutOne, sql`fit.reaches`)}, false from fit where ${question}::text is not null) as reason),
    held as (
      update attempt a
      set status = 'claimed', claimed_until = now() + interval '40 seconds', version = a.version + 1
      from fit, spent
      where a.id = fit.id and a.version = fit.version and ${wanted}
        and (a.status = 'walking' or (a.status = 'claimed' and a.claimed_until < now()))
      returning a.notes, a.version)
    select fit.provider, fit.redirect_uri, fit.status, fit.failure, fit.signed_in, fit.step, fit.expires_at, held.notes, held.version,
           ceil(extract(epoch from spent.until - now()))::int as wait, spent.own,
           ${connectionJson} as connection
    from caller
    left join fit on true
    left join spent on true
    left join held on true
    left join connection c on c.id = fit.connection_id
    left join credential k on k.id = c.credential_id`.execute(db);
  if (rows[0] === undefined) throw new ConnectError("unauthenticated", "no live session");
  return readLease(rows[0], id, question);
}

function readLease(found: LoginRow, id: Buffer, question: string | null): LoginLease {
  const { provider, step, notes, version, failure, signed_in, expires_at: expiresAt } = found;
  if (provider === null || step === null) throw new ConnectError("attempt_unknown", "no login fits");
  if (notes) {
    return {
      type: "acquired",
      attempt: { id, provider, redirectUri: found.redirect_uri, providerState: notes, version, expiresAt },
      step,
    };
  }
  if (found.status === "connected") return { type: "connected", connection: found.connection };
  if (found.status === "failed") return readFailed({ failure, signed_in });
  if (found.wait !== null) {
    const retryAfter = Math.max(1, found.wait);
    const field = question !== null && found.own === true ? { field: question } : {};
    throw new ConnectError("too_many_requests", "too many wrong answers", { retryAfter, ...field });
  }
  return { type: "waiting", provider, step, expiresAt };
}
