import { sql, type RawBuilder } from "kysely";
import type { ConnectSessionState, NewConnectSession } from "../connect-sessions/index.ts";
import { ConnectError } from "../errors.ts";
import { seconds } from "./clock.ts";
import { readSessionState, shownSessionStatus, type SessionStateRow } from "./connect-session-row.ts";
import type { Pooled } from "./database.ts";
import { type ArgumentOf, prepareStatement } from "./prepared.ts";

const maxPerMinuteOfUser = 30;
const maxPerMinuteOfKey = 600;

type CreateRow = Partial<SessionStateRow> & {
  /** It is of an earlier request, which had another SHA-256. */
  isOtherRequest: boolean | null;
  isKnown: boolean;
  /** The id is that of a user who signed up here, whom back ends ask for by it. */
  isTaken: boolean;
  /** Seconds until there may be another one. */
  wait: number | null;
};

/**
 * Prepares the statement that stores a session and its user, if the limits admit it and the connection to renew is the
 * user's. The user gets the name and the e-mail address of the latest session.
 */
export function prepareCreateSession(db: Pooled): (session: NewConnectSession) => Promise<ConnectSessionState> {
  const create = prepareStatement<NewConnectSession, CreateRow>(db, buildCreate);
  return async (session) => {
    const first = await create(session);
    // Another request under this key was being stored meanwhile, and is now there to be found.
    const [row] = isBlank(first[0]) ? await create(session) : first;
    if (row === undefined) throw new Error("the statement that stores a connect session gave no row");
    if (row.isOtherRequest === true) throw new ConnectError("idempotency_key_reused", "another request had this key");
    if (row.id !== undefined && row.id !== null) return readSessionState(row as SessionStateRow);
    if (row.isTaken) throw new ConnectError("invalid_request", "the id of a user of ours", { field: "user.id" });
    if (!row.isKnown) throw new ConnectError("connection_unknown", "no such connection of this user");
    throw new ConnectError("too_many_requests", "too many connect sessions", {
      retryAfter: Math.max(1, row.wait ?? 1),
    });
  };
}

/** Nothing was stored, nothing was found, and nothing forbids it. */
function isBlank(row: CreateRow | undefined): boolean {
  return row !== undefined && !row.id && row.isKnown && !row.isTaken && row.wait === null;
}

function buildCreate(argument: ArgumentOf<NewConnectSession>) {
  const user = sql`(${argument(({ application }) => application)}, ${argument((session) => session.user.id)})`;
  const renewed = sql`${argument(({ connection }) => connection)}::bigint`;
  const providers = sql`${argument((session) => session.providers)}::text[]`;
  return sql<CreateRow>`
    with existing as (
      select s.*, s.request_hash <> ${argument(({ idempotency }) => idempotency?.requestHash ?? null)} as is_other
      from ${sql.table("connect_session")} s
      where s.application = ${argument(({ application }) => application)}
        and s.idempotency_key = ${argument(({ idempotency }) => idempotency?.key ?? null)}::text),
    person as (select id from ${sql.table("user")} where (application, external_id) = ${user}),
    taken as (
      select from ${sql.table("user")} u
      where u.id = ${argument((session) => session.user.id)} and u.external_id is null
        and u.application = ${argument(({ application }) => application)}),
    load as (
      select (select count(*) from ${sql.table("connect_session")} s join person p on p.id = s.user_id
              where s.created_at > now() - interval '1 minute') >= ${sql.lit(maxPerMinuteOfUser)}
          or (select count(*) from ${sql.table("connect_session")} s
              where s.service_key = ${argument(({ serviceKey }) => serviceKey)}
                and s.created_at > now() - interval '1 minute') >= ${sql.lit(maxPerMinuteOfKey)} as is_full),
    target as (
      select c.id, c.provider from ${sql.table("connection")} c join person p on p.id = c.user_id
      where c.id = ${renewed} and c.provider = any(${providers})),
    allowed as (
      select coalesce((select array[provider] from target), ${providers}) as providers from load
      where not is_full and not exists (select from existing) and not exists (select from taken)
        and (${renewed} is null or exists (select from target))),
    ${insertUserAndSession(argument, renewed)}
    select s.id, ${shownSessionStatus} as status, s.failure, s.connection_id, s.expires_at,
           s.is_other as "isOtherRequest", (${renewed} is null or exists (select from target)) as "isKnown",
           exists (select from taken) as "isTaken",
           case when load.is_full then 60 end as wait
    from load left join (
      select made.*, null::boolean as is_other from made union all select * from existing) s on true`;
}

/** The user in `stored`, with the name and the e-mail address of this session, and the session in `made`. */
function insertUserAndSession(
  argument: ArgumentOf<NewConnectSession>,
  renewed: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`
    stored as (
      insert into ${sql.table("user")} as u (id, name, application, external_id, contact_email)
      select ${argument(({ newUserId }) => newUserId)}, ${argument((session) => session.user.name ?? "")},
             ${argument(({ application }) => application)}, ${argument((session) => session.user.id)},
             ${argument((session) => session.user.email)}
      from allowed
      on conflict (application, external_id) do update
      set name = excluded.name, contact_email = excluded.contact_email, updated_at = now()
      returning u.id),
    made as (
      insert into ${sql.table("connect_session")} as s
        (id, application, service_key, user_id, token_hash, providers, scopes, tags, tenant_id, tenant_name, return_url,
         locale, reconnect_connection_id, idempotency_key, request_hash, lifetime_seconds, expires_at)
      select ${argument(({ id }) => id)}, ${argument(({ application }) => application)},
             ${argument(({ serviceKey }) => serviceKey)}, stored.id, ${argument(({ tokenHash }) => tokenHash)},
             allowed.providers, ${argument(({ scopes }) => JSON.stringify(scopes))}::jsonb,
             ${argument(({ tags }) => JSON.stringify(tags))}::jsonb, ${argument(({ tenant }) => tenant?.id ?? null)},
             ${argument(({ tenant }) => tenant?.name ?? null)}, ${argument(({ returnUrl }) => returnUrl)},
             ${argument(({ locale }) => locale)}, ${renewed},
             ${argument(({ idempotency }) => idempotency?.key ?? null)},
             ${argument(({ idempotency }) => idempotency?.requestHash ?? null)},
             ${argument(({ expiresIn }) => expiresIn)}::int,
             now() + ${seconds(argument(({ expiresIn }) => expiresIn))}
      from stored, allowed
      on conflict (application, idempotency_key) do nothing
      returning s.*)`;
}
