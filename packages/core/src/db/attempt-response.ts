import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Claim, ResponseCheck, ResponseEffect } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { readClaim, type ClaimRow } from "./claim-row.ts";
import { connectionJson } from "./connection-json.ts";
import type { Database } from "./schema.ts";

/**
 * Checks state, expiry, provider, browser and session, and applies the effect, in one statement: a response that fits in part
 * changes nothing. Throws `invalid_state` whichever check failed.
 */
export async function acceptResponse(
  db: Kysely<Database>,
  check: ResponseCheck,
  effect: ResponseEffect,
): Promise<Claim> {
  const { rows } = await sql<ClaimRow>`
    with fit as (
      select a.* from attempt a
      join session s on s.id = a.session_id
      where a.id = ${check.id} and a.expires_at > now() and a.provider = ${check.provider}
        and a.browser = ${check.browser ?? null}::bytea
        and s.expires_at > now() and s.user_id = a.user_id
        and s.token = coalesce(${check.session ?? null}::text, s.token)
        and a.status <> 'failed'),
    taken as (${buildEffect(effect)})
    select fit.id, fit.provider, fit.redirect_uri, fit.failure, fit.signed_in, taken.notes, taken.returned, false as stale,
           case when fit.status = 'claimed' and fit.claimed_until < now() then 'lost' else fit.status end as status,
           ${connectionJson} as connection
    from fit
    left join taken on true
    left join connection c on c.id = fit.connection_id
    left join credential k on k.id = c.credential_id`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new ConnectError("invalid_state", "no live attempt fits this response");
  if (effect.type !== "claim") return { type: "busy", id: check.id };
  // It was seen as started and not claimed: another request claimed it while this statement ran.
  return readClaim(row.status === "started" && !row.notes ? { ...row, status: "claimed" } : row, "invalid_state");
}

/**
 * The statement of an effect. A double click at the provider brings two responses for one state: the later one counts until
 * the attempt is claimed; after that its ticket leads to the first one's result.
 */
function buildEffect(effect: ResponseEffect): RawBuilder<unknown> {
  const nothing = sql`null::bytea as notes, null::bytea as returned`;
  switch (effect.type) {
    case "store":
      return sql`
        update attempt a
        set status = case when a.status = 'started' then 'returned' else a.status end,
            returned = case when a.status in ('started', 'returned') then ${effect.response}::bytea else a.returned end,
            ticket = ${effect.ticket}, ticket_until = now() + interval '2 minutes'
        from fit where a.id = fit.id and a.status <> 'failed'
        returning ${nothing}`;
    case "claim":
      return sql`
        update attempt a
        set status = 'claimed', claimed_until = now() + interval '40 seconds', returned = ${effect.response}::bytea
        from fit where a.id = fit.id and a.status = 'started'
        returning a.notes, a.returned`;
    case "close":
      return sql`
        update attempt a
        set status = 'failed', failure = ${effect.failure}, notes = null, returned = null
        from fit where a.id = fit.id and a.status in ('started', 'returned')
        returning ${nothing}`;
    case "none":
      return sql`select ${nothing} where false`;
  }
}
