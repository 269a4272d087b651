import { sql, type ExpressionBuilder, type Kysely, type RawBuilder } from "kysely";
import type {
  Caller,
  Connection,
  HeldLogin,
  LeasedLogin,
  LoginLease,
  OverdueLogin,
  StepIntent,
  StepState,
} from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { loginLeaseSeconds, ticketSeconds } from "../leases.ts";
import { readFailed } from "./claim-row.ts";
import { readCompletingSession } from "./connect-session-row.ts";
import { withCaller } from "./live-session.ts";
import { now, secondsFromNow } from "./clock.ts";
import type { Database } from "./schema.ts";
import { limitedUntil } from "./rate-limits.ts";
import { recipientFailureLimit, maxFailedVerifications } from "./failed-verifications.ts";

/** Whether an attempt is a login that may hold something at its provider. */
export function holdsLogin(where: ExpressionBuilder<Database, "attempt">) {
  return where.and([where("current_step", "is not", null), where("provider_state", "is not", null)]);
}

/** Stores a login's next step and gives the lease back. */
export async function saveStep(db: Kysely<Database>, login: LeasedLogin, next: StepState): Promise<void> {
  const { providerState, step, awaitingScan, rateLimitSubject } = next;
  await returnLease(db, login)
    .set({ provider_state: providerState, current_step: step, awaiting_scan: awaitingScan })
    .$if(rateLimitSubject !== undefined, (update) => update.set({ rate_limit_subject: rateLimitSubject }))
    .execute();
}

/** Stores a finished login until it is completed. Throws `outcome_unknown` if another holder has acquired the lease since. */
export async function holdLogin(db: Kysely<Database>, login: LeasedLogin, held: HeldLogin): Promise<void> {
  const { numUpdatedRows } = await returnLease(db, login, "returned")
    .set({
      authorization_response: held.response,
      current_step: held.step,
      awaiting_scan: false,
      ticket_hash: held.connectCode,
      ticket_until: secondsFromNow(ticketSeconds),
    })
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) throw new ConnectError("outcome_unknown", "the lease of this login is over");
}

/** Gives a login's lease back and leaves its step. */
export async function releaseLease(db: Kysely<Database>, login: LeasedLogin): Promise<void> {
  await returnLease(db, login).execute();
}

/** Changes nothing if another holder has acquired the lease since, or the login is over. */
function returnLease(
  db: Kysely<Database>,
  { id, version }: LeasedLogin,
  status: "awaiting_user" | "returned" = "awaiting_user",
) {
  return db
    .updateTable("attempt")
    .set({ status, released_at: now, claimed_until: null })
    .where("id", "=", id)
    .where("version", "=", version)
    .where("status", "=", "claimed");
}

/** Lists up to a hundred expired logins that may hold something at the provider. */
export async function listOverdueLogins(db: Kysely<Database>): Promise<OverdueLogin[]> {
  return await db
    .selectFrom("attempt")
    .select(["id", "provider", "redirect_uri as redirectUri", "provider_state as providerState"])
    .select("authorization_response as response")
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
  { id, intent, shown }: { id: Buffer; intent: StepIntent; shown: RawBuilder<Connection> },
): Promise<LoginLease> {
  if (caller.browser === undefined) throw new ConnectError("attempt_unknown", "no browser cookie");
  const question = intent.type === "answer" ? intent.question : null;
  const { session, browser } = caller;
  const row = await buildAcquire(db, { session, browser, id, question })
    .select(shown.as("connection"))
    .executeTakeFirst();
  if (row === undefined) throw new ConnectError("unauthenticated", "no live session");
  return readLease(row, id, question);
}

type LoginRow = Awaited<ReturnType<ReturnType<typeof buildAcquire>["executeTakeFirstOrThrow"]>> & {
  connection: Connection;
};

type Acquiring = { session: string; browser: Buffer; id: Buffer; question: string | null };

function buildAcquire(db: Kysely<Database>, acquiring: Acquiring) {
  return withLease(db, acquiring)
    .selectFrom("caller")
    .leftJoin("fit", (join) => join.onTrue())
    .leftJoin("spent", (join) => join.onTrue())
    .leftJoin("held", (join) => join.onTrue())
    .leftJoin("connect_session as s", (join) =>
      join.onRef("s.id", "=", "fit.connect_session_id").on("fit.needs_completion", "=", true),
    )
    .leftJoin("connection as c", "c.id", "fit.connection_id")
    .leftJoin("credential as k", "k.id", "c.credential_id")
    .select([
      "fit.provider",
      "fit.redirect_uri",
      "fit.status",
      "fit.failure",
      "fit.signed_in_account",
      "fit.current_step",
    ])
    .select(["fit.expires_at", "held.provider_state", "held.version", "spent.by_user"])
    .select(["s.id as sessionId", "s.return_url as returnUrl"])
    .select(sql<number | null>`ceil(extract(epoch from greatest(by_user, by_all) - now()))::int`.as("wait"));
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
      // A finished login takes no further step.
      .where("attempt.authorization_response", "is", null)
      .where((eb) =>
        acquiring.question === null
          ? eb.and([eb("fit.awaiting_scan", "=", true), eb("fit.released_at", "<", secondsFromNow(-1.8))])
          : eb.and([eb("spent.by_user", "is", null), eb("spent.by_all", "is", null)]),
      )
      .where((eb) =>
        eb.or([
          eb("attempt.status", "=", "awaiting_user"),
          eb.and([eb("attempt.status", "=", "claimed"), eb("attempt.claimed_until", "<", now)]),
        ]),
      )
      .returning(["attempt.provider_state", "attempt.version"]),
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
        .where("browser_hash", "=", browser)
        .where("expires_at", ">", now)
        .where("current_step", "is not", null),
    )
    .with("spent", (query) =>
      query
        .selectFrom("fit")
        .select((fit) => [
          fit
            .selectFrom("failed_verification as wrong")
            .select("wrong.expires_at")
            .whereRef("wrong.user_id", "=", "fit.user_id")
            .whereRef("wrong.subject", "=", "fit.rate_limit_subject")
            .where("wrong.question", "=", question)
            .where("wrong.count", ">=", maxFailedVerifications)
            .where("wrong.expires_at", ">", now)
            .as("by_user"),
          limitedUntil(recipientFailureLimit, sql.ref("fit.code_recipient")).as("by_all"),
        ]),
    );
}

function readLease(row: LoginRow, id: Buffer, question: string | null): LoginLease {
  const {
    provider,
    redirect_uri: redirectUri,
    current_step: step,
    expires_at: expiresAt,
    provider_state: providerState,
    version,
  } = row;
  if (provider === null || redirectUri === null || step === null || expiresAt === null) {
    throw new ConnectError("attempt_unknown", "no login fits");
  }
  if (providerState !== null && version !== null) {
    const completedIn = readCompletingSession(row);
    const attempt = { id, provider, redirectUri, providerState, version, expiresAt, completedIn };
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
