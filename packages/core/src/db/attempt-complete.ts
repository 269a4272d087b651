import { sql, type RawBuilder } from "kysely";
import type { Connection, NewGrant } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { now, seconds, secondsFromNow } from "./clock.ts";
import type { Pooled } from "./database.ts";
import { addJob, dropJob } from "./jobs.ts";
import { type ArgumentOf, prepareStatement } from "./prepared.ts";

/** How long a connection waits for the approval of its back end. */
const pendingSeconds = 86_400;

type Completion = { id: Buffer; grant: NewGrant };

/**
 * Prepares the statement that stores credential, connection, outcome and audit, and has what was replaced revoked. It acts
 * only for the holder of a claim that has not run out, and locks the attempt until its end.
 */
export function prepareComplete(
  db: Pooled,
  shown: RawBuilder<Connection>,
): (id: Buffer, grant: NewGrant) => Promise<Connection> {
  const complete = prepareStatement(db, (argument: ArgumentOf<Completion>) => buildComplete(db, argument, shown));
  return async (id, grant) => {
    const [row] = await complete({ id, grant });
    if (row?.connection) return row.connection;
    throw row?.isClaimed
      ? new ConnectError("account_mismatch", "another account than the one to be reconnected")
      : new ConnectError("outcome_unknown", "the claim ran out before the grant could be stored");
  };
}

function buildComplete(db: Pooled, argument: ArgumentOf<Completion>, shown: RawBuilder<Connection>) {
  const id = argument((values) => values.id);
  return withConnection(db, argument)
    .with("replaced", (query) =>
      query
        .updateTable("credential")
        .from("c")
        .set({ status: "disconnecting", reason: "replaced", updated_at: now })
        .whereRef("credential.id", "=", "c.previous_credential_id")
        .whereRef("c.previous_credential_id", "<>", "c.credential_id")
        .returning("credential.id"),
    )
    .with("done", (query) =>
      query
        .updateTable("attempt")
        .from("c")
        .set((eb) => ({
          status: "connected",
          connection_id: eb.ref("c.id"),
          provider_state: null,
          authorization_response: null,
        }))
        .where("attempt.id", "=", id),
    )
    .with("audited", (query) =>
      query
        .insertInto("audit_event")
        .columns(["actor", "action", "provider", "connection_id"])
        .expression((select) =>
          select
            .selectFrom("c")
            .select([
              sql`'user:' || c.user_id`.as("actor"),
              sql`case when c.previous_credential_id is null then 'connected' else 'reconnected' end`.as("action"),
              "c.provider",
              "c.id",
            ]),
        ),
    )
    .selectNoFrom((eb) => [
      eb.exists(eb.selectFrom("claimed").select("claimed.id")).as("isClaimed"),
      eb.selectFrom(["c", "k"]).select(shown.as("json")).as("connection"),
      ...jobsAfter(argument),
    ]);
}

const connectionColumns = [
  "user_id",
  "credential_id",
  "provider",
  "client_id",
  "mode",
  "external_id",
  "label",
  "email",
  "details",
  "application",
  "tenant_id",
  "tenant_name",
  "tags",
  "pending_until",
] as const;

/** The connection `c` and its credential `k`, as they are once the grant of a `claimed` attempt is stored. */
function withConnection(db: Pooled, argument: ArgumentOf<Completion>) {
  return withCredential(db, argument).with("c", (query) =>
    query
      .insertInto("connection")
      .columns(connectionColumns)
      .expression((select) =>
        select
          .selectFrom("target")
          .innerJoin("k", (join) => join.onTrue())
          .innerJoin("user as u", "u.id", "target.user_id")
          .leftJoin("connect_session as s", "s.id", "target.connect_session_id")
          .select(["target.user_id", "k.id", "k.provider", "k.client_id", "k.mode", "k.external_id"])
          .select([
            argument(({ grant }) => grant.account.label).as("label"),
            argument(({ grant }) => grant.account.email ?? null).as("email"),
            argument(({ grant }) => JSON.stringify(grant.account.details)).as("details"),
          ])
          .select([
            // Of the user: the connect session may be gone, if the user is being erased.
            "u.application",
            "s.tenant_id",
            "s.tenant_name",
            sql<string>`coalesce(s.tags, '{}')`.as("tags"),
            // Nobody at the product has seen who connected this account.
            sql<Date | null>`case when u.external_id is not null and not target.needs_completion
              then ${secondsFromNow(pendingSeconds)} end`.as("pending_until"),
          ]),
      )
      .onConflict((conflict) =>
        conflict.columns(["user_id", "provider", "client_id", "mode", "external_id"]).doUpdateSet((eb) => ({
          previous_credential_id: eb.ref("connection.credential_id"),
          credential_id: eb.ref("excluded.credential_id"),
          label: eb.ref("excluded.label"),
          email: eb.ref("excluded.email"),
          details: eb.ref("excluded.details"),
          connected_at: now,
          // The product has now seen who connected it. What it saw before stays good.
          pending_until: sql<Date | null>`case when excluded.pending_until is not null then connection.pending_until end`,
          // What a back end has set stays if the account is connected again outside of its sessions.
          tenant_id: sql<string | null>`coalesce(excluded.tenant_id, connection.tenant_id)`,
          tenant_name: sql<string | null>`case when excluded.tenant_id is not null
            then excluded.tenant_name else connection.tenant_name end`,
          tags: sql<
            Record<string, string>
          >`case when excluded.tags <> '{}' then excluded.tags else connection.tags end`,
        })),
      )
      .returningAll(),
  );
}

function withCredential(db: Pooled, argument: ArgumentOf<Completion>) {
  return withTarget(db, argument).with("k", (query) =>
    query
      .insertInto("credential")
      .columns([
        "provider",
        "id",
        "client_id",
        "mode",
        "external_id",
        "shared",
        "secret",
        "scopes",
        "expires_at",
        "refresh_expires_at",
      ])
      .expression((select) => {
        const given = <Type>(pick: (credential: NewGrant["credential"]) => Type) =>
          argument(({ grant }) => pick(grant.credential));
        return select
          .selectFrom("target")
          .select("target.provider")
          .select([
            given(({ id }) => id).as("id"),
            argument(({ grant }) => grant.client.id).as("client_id"),
            argument(({ grant }) => grant.client.mode).as("mode"),
            argument(({ grant }) => grant.account.id).as("external_id"),
            given(({ shared }) => shared).as("shared"),
            given(({ secret }) => secret).as("secret"),
            given(({ scopes }) => scopes).as("scopes"),
            secondsFromNow(given(({ expiresInSeconds }) => expiresInSeconds)).as("expires_at"),
            secondsFromNow(given(({ refreshExpiresInSeconds }) => refreshExpiresInSeconds)).as("refresh_expires_at"),
          ]);
      })
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet((eb) => ({
          secret: eb.ref("excluded.secret"),
          scopes: eb.ref("excluded.scopes"),
          expires_at: eb.ref("excluded.expires_at"),
          refresh_expires_at: eb.ref("excluded.refresh_expires_at"),
          version: eb("credential.version", "+", 1),
          status: "active" as const,
          failures: 0,
          issued_at: now,
          updated_at: now,
          ...endedBefore,
        })),
      )
      .returningAll(),
  );
}

/** What a new grant ends of the credential's former life. */
const endedBefore = {
  reason: null,
  lease_owner: null,
  lease_until: null,
  refresh_sent_at: null,
  retry_at: null,
  paused_at: null,
};

/** The attempt `claimed`, and `target` if the grant fits it: it is of the account to reconnect, or there is none. */
function withTarget(db: Pooled, argument: ArgumentOf<Completion>) {
  return db
    .with("claimed", (query) =>
      query
        .selectFrom("attempt")
        .select(["id", "user_id", "provider", "reconnect_connection_id", "connect_session_id", "needs_completion"])
        .where(
          "id",
          "=",
          argument(({ id }) => id),
        )
        .where("status", "=", "claimed")
        .where("claimed_until", ">", now)
        .where("user_id", "is not", null)
        .forUpdate(),
    )
    .with("target", (query) =>
      query
        .selectFrom("claimed")
        .selectAll()
        .where((eb) =>
          eb.or([
            eb("reconnect_connection_id", "is", null),
            eb.exists(
              eb
                .selectFrom("connection")
                .select("connection.id")
                .whereRef("connection.id", "=", "claimed.reconnect_connection_id")
                .where(
                  "connection.client_id",
                  "=",
                  argument(({ grant }) => grant.client.id),
                )
                .where(
                  "connection.mode",
                  "=",
                  argument(({ grant }) => grant.client.mode),
                )
                .where(
                  "connection.external_id",
                  "=",
                  argument(({ grant }) => grant.account.id),
                ),
            ),
          ]),
        ),
    );
}

/** The new credential `k` gets its maintenance, and the one that it `replaced` is revoked. */
function jobsAfter(argument: ArgumentOf<Completion>) {
  const maintainInSeconds = argument(({ grant }) => grant.credential.maintainInSeconds);
  const isMaintained = argument(({ grant }) => grant.credential.maintainInSeconds !== undefined);
  const subscribes = argument(({ grant }) => grant.credential.subscribesToEvents);
  return [
    sql`(select ${addJob("revoke", sql`replaced.id`)} from replaced)`.as("ending"),
    sql`(select ${dropJob("keep", sql`replaced.id`)} from replaced)`.as("kept"),
    sql`(select ${addJob("keep", sql`k.id`, seconds(maintainInSeconds))} from k where ${isMaintained}::boolean)`.as(
      "keeping",
    ),
    sql`(select ${addJob("subscribe", sql`k.id`)} from k where ${subscribes}::boolean)`.as("subscribing"),
  ] as const;
}
