import { sql, type RawBuilder } from "kysely";
import type { Caller, Claim, ClaimRequest, Connection } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { claimSeconds } from "../leases.ts";
import { claimStatus, readClaim } from "./claim-row.ts";
import type { Pooled } from "./database.ts";
import { withCaller } from "./live-session.ts";
import { now, secondsFromNow } from "./clock.ts";
import { type ArgumentOf, prepareStatement } from "./prepared.ts";

type ClaimValues = {
  session: string;
  browser: Buffer;
  id?: Buffer;
  provider?: string;
  ticket?: Buffer;
  response?: Buffer;
};

/**
 * Prepares the statements that find the attempt that fits and claim it, one for each kind of request. A response that came to
 * the page itself is only accepted for an attempt whose redirect URI is that page: one that has no response yet.
 */
export function prepareClaim(
  db: Pooled,
  shown: RawBuilder<Connection>,
): (caller: Caller, request: ClaimRequest) => Promise<Claim> {
  const prepare = (type: ClaimRequest["type"]) =>
    prepareStatement(db, (argument: ArgumentOf<ClaimValues>) =>
      buildClaim(db, argument, type).select(shown.as("connection")),
    );
  const statements = { ticket: prepare("ticket"), response: prepare("response") };
  return async ({ session, browser }, request) => {
    if (browser === undefined) throw new ConnectError("attempt_unknown", "no browser cookie");
    const [row] = await statements[request.type]({ session, browser, ...request });
    if (row === undefined) throw new ConnectError("unauthenticated", "no live session");
    // It was seen as started and not claimed: another request claimed it while this statement ran.
    const isLost = request.type === "response" && row.status === "started";
    return readClaim(isLost ? { ...row, status: "claimed" } : row, "attempt_unknown");
  };
}

function buildClaim(db: Pooled, argument: ArgumentOf<ClaimValues>, type: ClaimRequest["type"]) {
  return withFit(db, argument, type)
    .with("won", (query) => {
      const update = query
        .updateTable("attempt")
        .from("fit")
        .set({ status: "claimed", claimed_until: secondsFromNow(claimSeconds) })
        .whereRef("attempt.id", "=", "fit.id")
        // An equality would let the planner look for the status in all attempts, where the id leads to the one.
        .whereRef("attempt.status", "is not distinct from", "fit.status")
        .returning(["attempt.provider_state", "attempt.authorization_response"]);
      return type === "ticket"
        ? update.where("fit.status", "=", "returned").where("fit.ticket_until", ">", now)
        : update
            .set({ authorization_response: argument(({ response }) => response ?? null) })
            .where("fit.status", "=", "started");
    })
    .selectFrom("caller")
    .leftJoin("fit", (join) => join.onTrue())
    .leftJoin("won", (join) => join.onTrue())
    .leftJoin("connection as c", "c.id", "fit.connection_id")
    .leftJoin("credential as k", "k.id", "c.credential_id")
    .select([
      "fit.id",
      "fit.provider",
      "fit.redirect_uri",
      "fit.failure",
      "fit.signed_in_account",
      "won.provider_state",
      "won.authorization_response",
    ])
    .select([sql<boolean | null>`fit.ticket_until < now()`.as("stale"), claimStatus("fit").as("status")]);
}

/** The attempt `fit` of the caller: by its ticket, where id and provider are checked if the page knows them, or by its id. */
function withFit(db: Pooled, argument: ArgumentOf<ClaimValues>, type: ClaimRequest["type"]) {
  const [id, provider] = [argument((values) => values.id ?? null), argument((values) => values.provider ?? null)];
  return withCaller(
    db,
    argument(({ session }) => session),
  ).with("fit", (query) => {
    const own = query
      .selectFrom(["attempt", "caller"])
      .selectAll("attempt")
      .whereRef("attempt.user_id", "=", "caller.user_id")
      .whereRef("attempt.session_id", "=", "caller.session_id")
      .where(
        "attempt.browser_hash",
        "=",
        argument(({ browser }) => browser),
      )
      // What a back end completes, no page claims.
      .where("attempt.needs_completion", "=", false)
      .where("attempt.expires_at", ">", now);
    return type === "ticket"
      ? own
          .where(
            "attempt.ticket_hash",
            "=",
            argument(({ ticket }) => ticket ?? null),
          )
          .where("attempt.id", "=", sql<Buffer>`coalesce(${id}::bytea, attempt.id)`)
          .where("attempt.provider", "=", sql<string>`coalesce(${provider}::text, attempt.provider)`)
      : own.where("attempt.id", "=", id).where("attempt.provider", "=", provider);
  });
}
