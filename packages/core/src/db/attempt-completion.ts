import { sql, type RawBuilder } from "kysely";
import type { ClaimedAttempt, CompletionCheck, CompletionClaim, Connection } from "../connect/index.ts";
import { claimSeconds } from "../leases.ts";
import { claimStatus, readClaim } from "./claim-row.ts";
import { now, secondsFromNow } from "./clock.ts";
import type { Pooled } from "./database.ts";
import { type ArgumentOf, prepareStatement } from "./prepared.ts";

/**
 * Prepares the statement that claims an attempt for the back end of its connect session. If another user came back than the
 * session's, it ends the attempt in place of that: its code is never exchanged.
 */
export function prepareClaimCompletion(
  db: Pooled,
  shown: RawBuilder<Connection>,
): (completion: CompletionCheck) => Promise<CompletionClaim> {
  const claim = prepareStatement(db, (argument: ArgumentOf<CompletionCheck>) =>
    buildClaimCompletion(db, argument).select(shown.as("connection")),
  );
  return async (completion) => {
    const [row] = await claim(completion);
    // A finished login stays stored until it is ended at the provider.
    if (row?.isUser === false) return { type: "mismatch", held: readHeld(row) };
    const found = readClaim(row, "attempt_unknown");
    return found.type === "acquired" && row?.isLogin
      ? { ...found, attempt: { ...found.attempt, holdsGrant: true } }
      : found;
  };
}

interface HeldRow {
  id: Buffer;
  provider: string;
  redirect_uri: string;
  isLogin: boolean;
  burned_state: Buffer | null;
  burned_response: Buffer | null;
}

function readHeld({ id, provider, ...row }: HeldRow): ClaimedAttempt | undefined {
  const { burned_state: providerState, burned_response: response } = row;
  if (!row.isLogin || providerState === null || response === null) return undefined;
  return { id, provider, redirectUri: row.redirect_uri, providerState, response, holdsGrant: true };
}

function buildClaimCompletion(db: Pooled, argument: ArgumentOf<CompletionCheck>) {
  return withCompletable(db, argument)
    .with("won", (query) =>
      query
        .updateTable("attempt")
        .from("fit")
        .set({ status: "claimed", claimed_until: secondsFromNow(claimSeconds) })
        .whereRef("attempt.id", "=", "fit.id")
        .where("attempt.status", "=", "returned")
        .where("fit.status", "=", "returned")
        .where("fit.isUser", "=", true)
        .where("fit.ticket_until", ">", now)
        .returning(["attempt.provider_state", "attempt.authorization_response"]),
    )
    .with("burned", (query) =>
      query
        .updateTable("attempt")
        .from("fit")
        .set({
          status: "failed",
          failure: "user_mismatch",
          provider_state: sql<Buffer | null>`case when fit."isLogin" then attempt.provider_state end`,
          authorization_response: sql<Buffer | null>`case when fit."isLogin" then attempt.authorization_response end`,
        })
        .whereRef("attempt.id", "=", "fit.id")
        .where("attempt.status", "=", "returned")
        .where("fit.isUser", "=", false)
        .returning(["attempt.provider_state as burned_state", "attempt.authorization_response as burned_response"]),
    )
    .selectFrom("fit")
    .leftJoin("won", (join) => join.onTrue())
    .leftJoin("burned", (join) => join.onTrue())
    .leftJoin("connection as c", "c.id", "fit.connection_id")
    .leftJoin("credential as k", "k.id", "c.credential_id")
    .select(["fit.id", "fit.provider", "fit.redirect_uri", "fit.failure", "fit.signed_in_account"])
    .select(["fit.isUser", "fit.isLogin", "won.provider_state", "won.authorization_response"])
    .select(["burned.burned_state", "burned.burned_response"])
    .select([sql<boolean>`fit.ticket_until <= now()`.as("stale"), claimStatus("fit").as("status")]);
}

/** The attempt `fit` of a connect session that its back end completes. `isUser`: the user who came back is the session's. */
function withCompletable(db: Pooled, argument: ArgumentOf<CompletionCheck>) {
  return db.with("fit", (query) =>
    query
      .selectFrom("attempt")
      .innerJoin("connect_session as s", "s.id", "attempt.connect_session_id")
      .innerJoin("user as u", "u.id", "attempt.user_id")
      .selectAll("attempt")
      .select([
        sql<boolean>`u.external_id = ${argument(({ user }) => user)}`.as("isUser"),
        sql<boolean>`attempt.current_step is not null`.as("isLogin"),
      ])
      .where(
        "attempt.ticket_hash",
        "=",
        argument(({ connectCode }) => connectCode),
      )
      .where(sql<boolean>`attempt.provider = any(${argument(({ providers }) => providers)}::text[])`)
      .where("attempt.needs_completion", "=", true)
      .where("attempt.expires_at", ">", now)
      .where(
        "s.id",
        "=",
        argument(({ connectSession }) => connectSession),
      )
      .where(
        "s.application",
        "=",
        argument(({ application }) => application),
      ),
  );
}
