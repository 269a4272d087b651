import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Claim, ResponseCheck, ResponseEffect } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { readClaim, type ClaimRow } from "./claim-row.ts";
import { connectionJson } from "./connection-json.ts";
import type { Database } from "./schema.ts";

/**
 * State, expiry, provider, browser, session: one statement checks them all and applies the effect, so that nothing is
 * changed by a return that fits in part. Which check failed is not told.
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
    taken as (${applied(effect)})
    select fit.id, fit.provider, fit.redirect_uri, fit.failure, fit.signed_in, taken.notes, taken.returned, false as stale,
           case when fit.status = 'claimed' and fit.claimed_until < now() then 'lost' else fit.status end as status,
           ${connectionJson} as connection
    from fit
    left join taken on true
    left join connection c on c.id = fit.connection_id
    left join credential k on k.id = c.credential_id`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new ConnectError("invalid_state", "no live attempt fits this return");
  if (effect.type !== "claim") return { type: "busy", id: check.id };
  // Between the two looks of one statement another request may have claimed it.
  return readClaim(row.status === "started" && !row.notes ? { ...row, status: "claimed" } : row, "invalid_state");
}

/**
 * A double click at the provider brings two returns for one state: until it is claimed, the later one counts, and after
 * that a new ticket leads to the result that is there.
 */
function applied(effect: ResponseEffect): RawBuilder<unknown> {
  const nothing = sql`null::bytea as notes, null::bytea as returned`;
  switch (effect.type) {
    case "store":
      return sql`
        update attempt a
        set status = case when a.status = 'started' then 'returned' else a.status end,
            returned = case when a.status in ('started', 'returned') then ${effect.returned}::bytea else a.returned end,
            ticket = ${effect.ticket}, ticket_until = now() + interval '2 minutes'
        from fit where a.id = fit.id and a.status <> 'failed'
        returning ${nothing}`;
    case "claim":
      return sql`
        update attempt a
        set status = 'claimed', claimed_until = now() + interval '40 seconds', returned = ${effect.returned}::bytea
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
