import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Caller, Connection, LoginLease, LoginStore, StepIntent } from "../connect/index.ts";
import { ConnectError, type SignedInAccount } from "../errors.ts";
import { createOpen, walkStart } from "./attempt-create.ts";
import { readFailed } from "./claim-row.ts";
import { connectionJson } from "./connection-json.ts";
import type { CodeLimits } from "./code-limits.ts";
import type { Pooled } from "./database.ts";
import { callerStatement } from "./live-session.ts";
import type { AttemptStatus, Database } from "./schema.ts";
import { freeAgain } from "./tally.ts";
import { countAnother, countWrong, wrongAboutOne, wrongAnswers } from "./wrong-answers.ts";

/** Whether an attempt is a walk that may hold something at its provider. */
export const holdsLogin: RawBuilder<boolean> = sql`(step is not null and notes is not null)`;

export function createLoginStore(db: Pooled, codes: CodeLimits): LoginStore {
  const open = createOpen(db, walkStart(codes));
  return {
    async create(caller, attempt) {
      const { id, provider, redirectUri, notes } = attempt;
      return { id, provider, redirectUri, notes, version: 0, expiresAt: await open(caller, attempt) };
    },
    acquire: (caller, id, wish) => hold(db, caller, { id, wish }),
    async saveStep({ id, version }, { notes, step, awaitingScan, rateLimitSubject }) {
      await sql`
        update attempt
        set status = 'walking', notes = ${notes}, step = ${step}, scans = ${awaitingScan},
            subject = coalesce(${rateLimitSubject ?? null}::bytea, subject), stepped_at = now(), claimed_until = null
        where id = ${id} and version = ${version} and status = 'claimed'`.execute(db);
    },
    countWrongAnswer: ({ id }, question) => countWrong(db, id, question),
    countCode: ({ id }) => countAnother(db, codes, id),
    async release({ id, version }) {
      await sql`
        update attempt set status = 'walking', stepped_at = now(), claimed_until = null
        where id = ${id} and version = ${version} and status = 'claimed'`.execute(db);
    },
    async listOverdue() {
      const { rows } = await sql<{ id: Buffer; provider: string; redirectUri: string; notes: Buffer }>`
        select id, provider, redirect_uri as "redirectUri", notes from attempt
        where expires_at < now() - interval '1 minute' and ${holdsLogin}
        limit 100`.execute(db);
      return rows;
    },
    async delete(id) {
      await sql`delete from attempt where id = ${id}`.execute(db);
    },
  };
}

interface Found {
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
 * One statement finds the walk and takes the lease where the wish needs it: an answer always, a look only where a code to
 * scan was last renewed two seconds ago. A lease that ran out with its process is taken over.
 */
async function hold(
  db: Kysely<Database>,
  caller: Caller,
  { id, wish }: { id: Buffer; wish: StepIntent },
): Promise<LoginLease> {
  if (caller.browser === undefined) throw new ConnectError("attempt_unknown", "no browser cookie");
  const question = wish.type === "answer" ? wish.question : null;
  const wanted =
    wish.type === "answer"
      ? sql`spent.until is null`
      : sql`fit.scans and fit.stepped_at < now() - interval '1.8 seconds'`;
  const { rows } = await sql<Found>`
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
  return readHold(rows[0], id, question);
}

function readHold(found: Found, id: Buffer, question: string | null): LoginLease {
  const { provider, step, notes, version, failure, signed_in, expires_at: expiresAt } = found;
  if (provider === null || step === null) throw new ConnectError("attempt_unknown", "no walk fits");
  if (notes)
    return {
      type: "acquired",
      walk: { id, provider, redirectUri: found.redirect_uri, notes, version, expiresAt },
      step,
    };
  if (found.status === "connected") return { type: "connected", connection: found.connection };
  if (found.status === "failed") {
    return readFailed({ failure, signed_in });
  }
  if (found.wait !== null) {
    const retryAfter = Math.max(1, found.wait);
    const field = question !== null && found.own === true ? { field: question } : {};
    throw new ConnectError("too_many_requests", "too many wrong answers", { retryAfter, ...field });
  }
  return { type: "waiting", provider, step, expiresAt };
}
