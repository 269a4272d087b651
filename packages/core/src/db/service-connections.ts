import { sql, type Kysely, type RawBuilder } from "kysely";
import { ConnectError } from "../errors.ts";
import type { ConfiguredApp } from "../registry.ts";
import type {
  ConnectionChange,
  ConnectionFilter,
  ServiceConnection,
  ServiceConnections,
  ServiceScope,
} from "../service-access.ts";
import { isOver } from "./clock.ts";
import { listedStatus, serviceJson } from "./connection-json.ts";
import type { Database } from "./schema.ts";

/** The connections that service keys see, in PostgreSQL. */
export function createServiceConnections(db: Kysely<Database>, apps: readonly ConfiguredApp[]): ServiceConnections {
  const context = { db, json: serviceJson(apps), status: listedStatus(apps) };
  return {
    listVisible: (scope, filter) => listConnections(context, scope, filter),
    get: async (scope, id) =>
      getOnly(await selectShown(context).where("c.id", "=", String(id)).where(isInScope(scope)).executeTakeFirst())
        .json,
    async getCredential(scope, id) {
      const found = db
        .selectFrom("connection as c")
        .select("c.credential_id")
        .where("c.id", "=", String(id))
        .where(isInScope(scope));
      return getOnly(await found.executeTakeFirst()).credential_id;
    },
    update: (scope, id, change) => updateConnection(context, scope, { id, change }),
    approve: (scope, id) => approveConnection(context, scope, id),
  };
}

type Context = { db: Kysely<Database>; json: RawBuilder<ServiceConnection>; status: RawBuilder<string> };

/** Whether a connection `c` is one that a key sees. */
export function isInScope({ application, providers }: ServiceScope): RawBuilder<boolean> {
  return sql<boolean>`c.application = ${application} and c.provider = any(${providers}::text[])`;
}

/** Whether a user `u` has this id at the product, or signed up here and has it with us. */
export function isUserOf(application: string, user: string): RawBuilder<boolean> {
  return sql<boolean>`u.application = ${application}
    and (u.external_id = ${user} or (u.external_id is null and u.id = ${user}))`;
}

function getOnly<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new ConnectError("connection_unknown", "no connection that this key sees");
  return row;
}

function selectShown({ db, json }: Context) {
  return db
    .selectFrom("connection as c")
    .innerJoin("credential as k", "k.id", "c.credential_id")
    .innerJoin("user as u", "u.id", "c.user_id")
    .select(json.as("json"));
}

async function listConnections(context: Context, scope: ServiceScope, filter: ConnectionFilter) {
  const { user, tenant, provider, status, tags, after, limit } = filter;
  const rows = await selectShown(context)
    .where(isInScope(scope))
    .$if(user !== undefined, (query) => query.where(isUserOf(scope.application, user ?? "")))
    .$if(tenant !== undefined, (query) => query.where("c.tenant_id", "=", tenant ?? ""))
    .$if(provider !== undefined, (query) => query.where("c.provider", "=", provider ?? ""))
    .$if(status !== undefined, (query) => query.where(context.status, "=", status ?? ""))
    // The first condition of each repeats that of a partial index, which is used only then.
    .$if(status === "pending", (query) => query.where("c.pending_until", "is not", null))
    .$if(tags !== undefined, (query) =>
      query.where(sql<boolean>`c.tags <> '{}' and c.tags @> ${JSON.stringify(tags)}::jsonb`),
    )
    .$if(after !== undefined, (query) => query.where("c.id", ">", String(after)))
    .orderBy("c.id")
    .limit(limit)
    .execute();
  return rows.map(({ json }) => json);
}

type Update = { id: number; change: ConnectionChange };

async function updateConnection({ db, json }: Context, scope: ServiceScope, { id, change }: Update) {
  const { tags, label } = change;
  const row = await db
    .with("c", (query) =>
      query
        .updateTable("connection as c")
        .set({
          tags: tags ?? sql<Record<string, string>>`c.tags`,
          ...(label !== undefined && { custom_label: label }),
        })
        .where("c.id", "=", String(id))
        .where(isInScope(scope))
        .returningAll("c"),
    )
    .with("audited", (query) =>
      query
        .insertInto("audit_event")
        .columns(["actor", "action", "provider", "connection_id", "details"])
        .expression((select) =>
          select
            .selectFrom("c")
            .select([sql.lit(scope.actor).as("actor"), sql.lit("updated").as("action"), "provider", "c.id"])
            .select(sql`jsonb_build_object('fields', ${Object.keys(change)}::text[])`.as("details")),
        ),
    )
    .selectFrom("c")
    .innerJoin("credential as k", "k.id", "c.credential_id")
    .innerJoin("user as u", "u.id", "c.user_id")
    .select(json.as("json"))
    .executeTakeFirst();
  return getOnly(row).json;
}

/** One whose time is over is about to be revoked, and cannot be approved any more. */
async function approveConnection({ db, json }: Context, scope: ServiceScope, id: number) {
  const row = await db
    .with("found", (query) =>
      query
        .selectFrom("connection as c")
        .select(["c.id", "c.pending_until"])
        .where("c.id", "=", String(id))
        .where(isInScope(scope))
        .where((is) => is.or([is("c.pending_until", "is", null), is.not(isOver("c.pending_until"))]))
        .forUpdate(),
    )
    .with("c", (query) =>
      query
        .updateTable("connection as c")
        .from("found")
        .set({ pending_until: null })
        .whereRef("c.id", "=", "found.id")
        .returningAll("c")
        .returning(sql<boolean>`found.pending_until is not null`.as("was_pending")),
    )
    .with("audited", (query) =>
      query
        .insertInto("audit_event")
        .columns(["actor", "action", "provider", "connection_id"])
        .expression((select) =>
          select
            .selectFrom("c")
            .select([sql<string>`${scope.actor}::text`.as("actor"), sql.lit("approved").as("action"), "provider", "id"])
            .where("was_pending", "=", true),
        ),
    )
    .selectFrom("c")
    .innerJoin("credential as k", "k.id", "c.credential_id")
    .innerJoin("user as u", "u.id", "c.user_id")
    .select(json.as("json"))
    .executeTakeFirst();
  return getOnly(row).json;
}
