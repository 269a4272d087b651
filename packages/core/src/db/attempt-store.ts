import { sql, type Kysely } from "kysely";
import type { AttemptStore, Caller } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { readClaim, type ClaimRow } from "./claim-row.ts";
import { createOpen, redirectStart } from "./attempt-create.ts";
import { completeAttempt, failAttempt, failWithGrant } from "./attempt-outcome.ts";
import { connectionJson } from "./connection-json.ts";
import type { Pooled } from "./database.ts";
import { callerStatement } from "./live-session.ts";
import { acceptResponse } from "./attempt-response.ts";
import type { Database } from "./schema.ts";

export function createAttemptStore(db: Pooled): AttemptStore {
  const open = createOpen(db, redirectStart);
  return {
    create: async (caller, attempt) => void (await open(caller, attempt)),
    acceptResponse: (check, effect) => acceptResponse(db, check, effect),
    claim: (caller, claimant, returned) => claim(db, caller, { ...claimant, returned }),
    getProvider: (caller, id) => providerOf(db, caller, id),
    getOutcome: (id) => outcome(db, id),
    complete: (id, grant) => completeAttempt(db, id, grant),
    fail: (id, failure, left) => failAttempt(db, id, { failure, left }),
    failWithGrant: (id, failure, grant) => failWithGrant(db, id, { failure, grant }),
  };
}

type Claiming = {
  provider: string | undefined;
  id: Buffer | undefined;
  ticket: Buffer | undefined;
  returned: Buffer | undefined;
};

/**
 * One statement finds the attempt that fits and claims it. A code that came to the page itself (`returned`) is only taken
 * from an attempt whose redirect URI is that page: one that has not returned to us.
 */
async function claim(db: Kysely<Database>, caller: Caller, { provider, id, ticket, returned }: Claiming) {
  if (caller.browser === undefined) throw new ConnectError("attempt_unknown", "no browser cookie");
  const ready =
    returned === undefined ? sql`fit.status = 'returned' and fit.ticket_until > now()` : sql`fit.status = 'started'`;
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
          returned = coalesce(${returned ?? null}::bytea, a.returned)
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
  // A code is taken from an attempt that is seen as started, unless another request claimed it within this statement.
  const lost = returned !== undefined && row.status === "started";
  return readClaim(lost ? { ...row, status: "claimed" } : row, "attempt_unknown");
}

async function providerOf(db: Kysely<Database>, caller: Caller, id: Buffer): Promise<string> {
  const { rows } = await sql<{ provider: string }>`
    with ${callerStatement(caller.session)}
    select provider from attempt a, caller
    where a.id = ${id} and a.user_id = caller.user_id and a.expires_at > now()`.execute(db);
  if (rows[0] === undefined) throw new ConnectError("attempt_unknown", "no attempt of this caller");
  return rows[0].provider;
}

/** As `claim` leaves it: an attempt that nobody has claimed by now is not one to wait for. */
async function outcome(db: Kysely<Database>, id: Buffer) {
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
