import { sql, type Kysely } from "kysely";
import type { AttemptStore, Caller, ClaimRequest } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { readClaim, type ClaimRow } from "./claim-row.ts";
import { prepareCreate } from "./attempt-create.ts";
import { acquireLease, listOverdueLogins, releaseLease, saveStep } from "./attempt-lease.ts";
import { completeAttempt, failAttempt, failWithGrant } from "./attempt-outcome.ts";
import type { CodeLimits } from "./code-limits.ts";
import { connectionJson } from "./connection-json.ts";
import type { Pooled } from "./database.ts";
import { callerStatement } from "./live-session.ts";
import { acceptResponse } from "./attempt-response.ts";
import type { Database } from "./schema.ts";
import { countNextCode, countWrongAnswer } from "./wrong-answers.ts";

/** The attempts of both connect flows. `codes` limits how many codes a login may send. */
export function createAttemptStore(db: Pooled, codes: CodeLimits): AttemptStore {
  return {
    create: prepareCreate(db, codes),
    getProvider: (caller, id) => getProviderId(db, caller, id),
    acceptResponse: (check, effect) => acceptResponse(db, check, effect),
    claim: (caller, claimant, response) => claimAttempt(db, caller, { ...claimant, response }),
    getOutcome: (id) => getOutcome(db, id),
    acquire: (caller, id, intent) => acquireLease(db, caller, { id, intent }),
    saveStep: (login, step) => saveStep(db, login, step),
    release: (login) => releaseLease(db, login),
    countWrongAnswer: ({ id }, question) => countWrongAnswer(db, id, question),
    countCode: ({ id }) => countNextCode(db, codes, id),
    listOverdue: () => listOverdueLogins(db),
    delete: async (id) => void (await sql`delete from attempt where id = ${id}`.execute(db)),
    complete: (id, grant) => completeAttempt(db, id, grant),
    fail: (id, failure, left) => failAttempt(db, id, { failure, left }),
    failWithGrant: (id, failure, grant) => failWithGrant(db, id, { failure, grant }),
  };
}

type Claiming = ClaimRequest & { response: Buffer | undefined };

/**
 * Finds the attempt that fits and claims it. A response that came to the page itself is only accepted for an attempt whose
 * redirect URI is that page: one that has no response yet.
 */
async function claimAttempt(db: Kysely<Database>, caller: Caller, { provider, id, ticket, response }: Claiming) {
  if (caller.browser === undefined) throw new ConnectError("attempt_unknown", "no browser cookie");
  const ready =
    response === undefined ? sql`fit.status = 'returned' and fit.ticket_until > now()` : sql`fit.status = 'started'`;
  const { rows } = await sql<ClaimRow & { mine: boolean }>`
    with ${callerStatement(caller.session)},
    fit as (
      select a.* from attempt a, caller
      where ${ticket === undefined ? sql`a.id = ${id}` : sql`a.ticket = ${ticket}`}
        and ${id === undefined ? sql`true` : sql`a.id = ${id}`}
        and ${provider === undefined ? sql`true` : sql`a.provider = ${provider}`}
        and a.user_id = caller.user_id and a.session_id = caller.session_id and a.browser = ${caller.browser}
        and a.expires_at > now()),
    won as (
      update attempt a
      set status = 'claimed', claimed_until = now() + interval '40 seconds',
          returned = coalesce(${response ?? null}::bytea, a.returned)
      from fit
      -- An equality would let the planner look for the status in all attempts, where the id leads to the one.
      where a.id = fit.id and a.status is not distinct from fit.status and ${ready}
      returning a.id, a.notes, a.returned)
    select true as mine, fit.id, fit.provider, fit.redirect_uri, fit.failure, fit.signed_in, fit.ticket_until < now() as stale,
           case when fit.status = 'claimed' and fit.claimed_until < now() then 'lost' else fit.status end as status,
           won.notes, won.returned, ${connectionJson} as connection
    from caller
    left join fit on true
    left join won on true
    left join connection c on c.id = fit.connection_id
    left join credential k on k.id = c.credential_id`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new ConnectError("unauthenticated", "no live session");
  // It was seen as started and not claimed: another request claimed it while this statement ran.
  const lost = response !== undefined && row.status === "started";
  return readClaim(lost ? { ...row, status: "claimed" } : row, "attempt_unknown");
}

async function getProviderId(db: Kysely<Database>, caller: Caller, id: Buffer): Promise<string> {
  const { rows } = await sql<{ provider: string }>`
    with ${callerStatement(caller.session)}
    select provider from attempt a, caller
    where a.id = ${id} and a.user_id = caller.user_id and a.expires_at > now()`.execute(db);
  if (rows[0] === undefined) throw new ConnectError("attempt_unknown", "no attempt of this caller");
  return rows[0].provider;
}

/** Gets a claimed attempt's outcome. Throws `attempt_unknown` for one that is not claimed, because it has no holder to wait for. */
async function getOutcome(db: Kysely<Database>, id: Buffer) {
  const { rows } = await sql<ClaimRow>`
    select a.id, a.provider, a.redirect_uri, a.failure, a.signed_in, null as notes, null as returned, true as stale,
           case when a.status = 'claimed' and a.claimed_until < now() then 'lost' else a.status end as status,
           ${connectionJson} as connection
    from attempt a
    left join connection c on c.id = a.connection_id
    left join credential k on k.id = c.credential_id
    where a.id = ${id} and a.expires_at > now()`.execute(db);
  return readClaim(rows[0], "attempt_unknown");
}
