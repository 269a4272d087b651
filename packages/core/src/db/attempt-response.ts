import { sql, type QueryCreator, type RawBuilder } from "kysely";
import type { AcceptedResponse, Connection, ResponseCheck, ResponseEffect } from "../connect/index.ts";
import { ConnectError, type FailureCode } from "../errors.ts";
import { claimSeconds, ticketSeconds } from "../leases.ts";
import { claimStatus, readClaim } from "./claim-row.ts";
import type { Pooled } from "./database.ts";
import { now, secondsFromNow } from "./clock.ts";
import { type ArgumentOf, prepareStatement } from "./prepared.ts";
import type { AttemptStatus, Database } from "./schema.ts";

type ResponseValues = ResponseCheck & {
  response?: Buffer;
  ticket?: Buffer;
  connectCode?: Buffer;
  failure?: FailureCode;
};

/**
 * Prepares the statements that accept an authorization response, one for each effect. Each checks state, expiry, provider,
 * browser and session and applies the effect: a response that fits in part changes nothing. They throw `invalid_state`
 * whichever check failed.
 */
export function prepareAcceptResponse(
  db: Pooled,
  shown: RawBuilder<Connection>,
): (check: ResponseCheck, effect: ResponseEffect) => Promise<AcceptedResponse> {
  const prepare = (type: ResponseEffect["type"]) =>
    prepareStatement(db, (argument: ArgumentOf<ResponseValues>) =>
      buildAccept(db, argument, type).select(shown.as("connection")),
    );
  const statements = {
    store: prepare("store"),
    claim: prepare("claim"),
    close: prepare("close"),
    none: prepare("none"),
  } satisfies Record<ResponseEffect["type"], unknown>;
  return async function accept(check, effect) {
    const [row] = await statements[effect.type]({ ...check, ...effect });
    if (row === undefined) throw new ConnectError("invalid_state", "no live attempt fits this response");
    const connectSession =
      row.connect_session_id === null ? undefined : { id: row.connect_session_id, returnUrl: row.return_url };
    if (effect.type !== "claim") return { claim: { type: "busy", id: check.id }, connectSession };
    // Of a connect session: the response is stored, for the page or for the back end to go on.
    if (connectSession) return await accept(check, { ...effect, type: "store" });
    // It was seen as started and not claimed: another request claimed it while this statement ran.
    const seen = row.status === "started" && !row.provider_state ? { ...row, status: "claimed" as const } : row;
    return { claim: readClaim(seen, "invalid_state"), connectSession };
  };
}

function buildAccept(db: Pooled, argument: ArgumentOf<ResponseValues>, type: ResponseEffect["type"]) {
  return db
    .with("fit", (query) =>
      query
        .selectFrom("attempt")
        .innerJoin("session", "session.id", "attempt.session_id")
        .selectAll("attempt")
        .where(
          "attempt.id",
          "=",
          argument(({ id }) => id),
        )
        .where("attempt.expires_at", ">", now)
        .where(
          "attempt.provider",
          "=",
          argument(({ provider }) => provider),
        )
        .where(
          "attempt.browser_hash",
          "=",
          argument(({ browser }) => browser),
        )
        .where("session.expires_at", ">", now)
        .whereRef("session.user_id", "=", "attempt.user_id")
        .where((eb) =>
          eb.or([
            sql<boolean>`${argument(({ sessions }) => sessions.length)}::int = 0`,
            sql<boolean>`session.token = any(${argument(({ sessions }) => sessions)}::text[])`,
          ]),
        )
        .where("attempt.status", "<>", "failed")
        // A login takes steps, and has no authorization response.
        .where("attempt.current_step", "is", null),
    )
    .with("taken", (query) => buildEffect(query, argument, type))
    .selectFrom("fit")
    .leftJoin("taken", (join) => join.onTrue())
    .leftJoin("connect_session as s", "s.id", "fit.connect_session_id")
    .leftJoin("connection as c", "c.id", "fit.connection_id")
    .leftJoin("credential as k", "k.id", "c.credential_id")
    .select(["fit.connect_session_id", "s.return_url"])
    .select(["fit.id", "fit.provider", "fit.redirect_uri", "fit.failure", "fit.signed_in_account"])
    .select([
      "taken.provider_state",
      "taken.authorization_response",
      sql<boolean>`false`.as("stale"),
      claimStatus("fit").as("status"),
    ]);
}

type Fit = { fit: { id: Buffer; connect_session_id: string | null; needs_completion: boolean } };

/**
 * The part that changes the attempt. A double click at the provider brings two responses for one state: the later one counts
 * until the attempt is claimed; after that its ticket leads to the first one's result.
 */
function buildEffect(
  query: QueryCreator<Database & Fit>,
  argument: ArgumentOf<ResponseValues>,
  type: ResponseEffect["type"],
) {
  const update = query.updateTable("attempt").from("fit").whereRef("attempt.id", "=", "fit.id");
  const response = argument((values) => values.response ?? null);
  // A back end posts the code alone. Our page posts with it what a signature proved.
  const ticketHash = sql<Buffer | null>`case when fit.needs_completion
    then ${argument(({ connectCode }) => connectCode ?? null)}::bytea else ${argument(({ ticket }) => ticket ?? null)}::bytea end`;
  const nothing = [
    sql<Buffer | null>`null::bytea`.as("provider_state"),
    sql<Buffer | null>`null::bytea`.as("authorization_response"),
  ] as const;
  switch (type) {
    case "store":
      return update
        .set({
          status: sql<AttemptStatus>`case attempt.status when 'started' then 'returned' else attempt.status end`,
          authorization_response: sql`case when attempt.status in ('started', 'returned') then ${response}::bytea else attempt.authorization_response end`,
          ticket_hash: ticketHash,
          ticket_until: secondsFromNow(ticketSeconds),
        })
        .where("attempt.status", "<>", "failed")
        .returning(nothing);
    case "claim":
      return update
        .set({ status: "claimed", claimed_until: secondsFromNow(claimSeconds), authorization_response: response })
        .where("attempt.status", "=", "started")
        .where("fit.connect_session_id", "is", null)
        .where("fit.needs_completion", "=", false)
        .returning(["attempt.provider_state", "attempt.authorization_response"]);
    case "close":
      return update
        .set({
          status: "failed",
          failure: argument(({ failure }) => failure ?? null),
          provider_state: null,
          authorization_response: null,
        })
        .where("attempt.status", "in", ["started", "returned"])
        .returning(nothing);
    case "none":
      return query.selectNoFrom(nothing).where(sql<boolean>`false`);
  }
}
