import { sql, type ExpressionBuilder, type Kysely } from "kysely";
import type { Caller, LeasedLogin, LoginLease, PendingAttempt, StepIntent, StepState } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { loginLeaseSeconds } from "../leases.ts";
import { readFailed } from "./claim-row.ts";
import { connectionJson } from "./connection-json.ts";
import { withCaller } from "./live-session.ts";
import { now, secondsFromNow } from "./clock.ts";
import type { Database } from "./schema.ts";
import { freeAgain } from "./tally.ts";
import { wrongAboutOne, maxWrongAnswers } from "./wrong-answers.ts";

/** Whether an attempt is a login that may hold something at its provider. */
export function holdsLogin(where: ExpressionBuilder<Database, "attempt">) {
  return where.and([where("step", "is not", null), where("notes", "is not", null)]);
}

/** Stores a login's next step and gives the lease back. */
export async function saveStep(db: Kysely<Database>, login: LeasedLogin, next: StepState): Promise<void> {
  const { providerState, step, awaitingScan, rateLimitSubject } = next;
  await returnLease(db, login)
    .set({ notes: providerState, step, scans: awaitingScan })
    .$if(rateLimitSubject !== undefined, (update) => update.set({ subject: rateLimitSubject }))
    .execute();
}

/** Gives a login's lease back and leaves its step. */
export async function releaseLease(db: Kysely<Database>, login: LeasedLogin): Promise<void> {
  await returnLease(db, login).execute();
}

/** Changes nothing if another holder has acquired the lease since, or the login is over. */
function returnLease(db: Kysely<Database>, { id, version }: LeasedLogin) {
  return db
    .updateTable("attempt")
    .set({ status: "walking", stepped_at: now, claimed_until: null })
    .where("id", "=", id)
    .where("version", "=", version)
    .where("status", "=", "claimed");
}

/** Lists up to a hundred expired logins that may hold something at the provider. */
export async function listOverdueLogins(db: Kysely<Database>): Promise<PendingAttempt[]> {
  return await db
    .selectFrom("attempt")
    .select(["id", "provider", "redirect_uri as redirectUri", "notes as providerState"])
    .where("expires_at", "<", secondsFromNow(-60))
    .where(holdsLogin)
    .$narrowType<{ providerState: Buffer }>()
    .limit(100)
    .execute();
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
  const { session, browser } = caller;
  const row = await buildAcquire(db, { session, browser, id, question }).executeTakeFirst();
  if (row === undefined) throw new ConnectError("unauthenticated", "no live session");
  return readLease(row, id, question);
}

type LoginRow = Awaited<ReturnType<ReturnType<typeof buildAcquire>["executeTakeFirstOrThrow"]>>;

type Acquiring = { session: string; browser: Buffer; id: Buffer; question: string | null };

function buildAcquire(db: Kysely<Database>, acquiring: Acquiring) {
  return withLease(db, acquiring)
    .selectFrom("caller")
    .leftJoin("fit", (join) => join.onTrue())
    .leftJoin("spent", (join) => join.onTrue())
    .leftJoin("held", (join) => join.onTrue())
    .leftJoin("connection as c", "c.id", "fit.connection_id")
    .leftJoin("credential as k", "k.id", "c.credential_id")
    .select(["fit.provider", "fit.redirect_uri", "fit.status", "fit.failure", "fit.signed_in", "fit.step"])
    .select(["fit.expires_at", "held.notes", "held.version", "spent.by_user"])
    .select(sql<number | null>`ceil(extract(epoch from greatest(by_user, by_all) - now()))::int`.as("wait"))
    .select(connectionJson.as("connection"));
}

/** The login `fit`, until when its answers are refused in `spent`, and in `held` what the lease gives. */
function withLease(db: Kysely<Database>, acquiring: Acquiring) {
  return withLogin(db, acquiring).with("held", (query) =>
    query
      .updateTable("attempt")
      .from(["fit", "spent"])
      .set((eb) => ({
        status: "claimed",
        claimed_until: secondsFromNow(loginLeaseSeconds),
        version: eb("attempt.version", "+", 1),
      }))
      .whereRef("attempt.id", "=", "fit.id")
      .whereRef("attempt.version", "=", "fit.version")
      .where((eb) =>
        acquiring.question === null
          ? eb.and([eb("fit.scans", "=", true), eb("fit.stepped_at", "<", secondsFromNow(-1.8))])
          : eb.and([eb("spent.by_user", "is", null), eb("spent.by_all", "is", null)]),
      )
      .where((eb) =>
        eb.or([
          eb("attempt.status", "=", "walking"),
          eb.and([eb("attempt.status", "=", "claimed"), eb("attempt.claimed_until", "<", now)]),
        ]),
      )
      .returning(["attempt.notes", "attempt.version"]),
  );
}

function withLogin(db: Kysely<Database>, { session, browser, id, question }: Acquiring) {
  return withCaller(db, session)
    .with("fit", (query) =>
      query
        .selectFrom(["attempt", "caller"])
        .selectAll("attempt")
        .where("attempt.id", "=", id)
        .whereRef("attempt.user_id", "=", "caller.user_id")
        .whereRef("attempt.session_id", "=", "caller.session_id")
        .where("browser", "=", browser)
        .where("expires_at", ">", now)
        .where("step", "is not", null),
    )
    .with("spent", (query) =>
      query
        .selectFrom("fit")
        .select((fit) => [
          fit
            .selectFrom("wrong_answer as wrong")
            .select("wrong.until")
            .whereRef("wrong.user_id", "=", "fit.user_id")
            .whereRef("wrong.subject", "=", "fit.subject")
            .where("wrong.question", "=", question)
            .where("wrong.count", ">=", maxWrongAnswers)
            .where("wrong.until", ">", now)
            .as("by_user"),
          freeAgain(wrongAboutOne, sql.ref("fit.reaches")).as("by_all"),
        ]),
    );
}

function readLease(row: LoginRow, id: Buffer, question: string | null): LoginLease {
  const { provider, redirect_uri: redirectUri, step, expires_at: expiresAt, notes, version } = row;
  if (provider === null || redirectUri === null || step === null || expiresAt === null) {
    throw new ConnectError("attempt_unknown", "no login fits");
  }
  if (notes !== null && version !== null) {
    const attempt = { id, provider, redirectUri, providerState: notes, version, expiresAt };
    return { type: "acquired", attempt, step };
  }
  if (row.status === "connected") return { type: "connected", connection: row.connection };
  if (row.status === "failed") return readFailed(row);
  if (question !== null && row.wait !== null) {
    const retryAfter = Math.max(1, row.wait);
    const field = row.by_user === null ? {} : { field: question };
    throw new ConnectError("too_many_requests", "too many wrong answers", { retryAfter, ...field });
  }
  return { type: "waiting", provider, step, expiresAt };
}
