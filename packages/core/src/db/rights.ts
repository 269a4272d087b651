import { sql } from "kysely";
import type { Pooled } from "./database.ts";
import type { Schemas } from "./schemas.ts";

/** Who a connection is, and what of it should not be. */
export interface Role {
  name: string;
  /** May do anything in the whole PostgreSQL. */
  isSuperuser: boolean;
  /** Owns the audit, and so could switch off the trigger that keeps it from being changed. */
  ownsAudit: boolean;
}

export async function readRole(db: Pooled): Promise<Role> {
  const { rows } = await sql<Role>`
    select current_user as name, r.rolsuper as "isSuperuser",
           coalesce(pg_has_role(c.relowner, 'usage'), false) as "ownsAudit"
    from pg_roles r left join pg_class c on c.relname = 'audit_event'
      and c.relnamespace = (select oid from pg_namespace where nspname = ${db.schemas.own})
    where r.rolname = current_user`.execute(db);
  const [role] = rows;
  if (role === undefined) throw new Error("the database knows no role of this connection");
  return role;
}

/**
 * Gives a role what serving needs, and no more: it changes no table, and of the audit it adds to and reads. The job queue's
 * tables are closed by row security to all but their owner, and are opened to the role by a policy. The connection is the owner's.
 */
export async function grantRights(db: Pooled, role: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    // Two that grant at the same time would meet in the same rows of the catalog.
    await sql`select pg_advisory_xact_lock(hashtext('patchbay rights'))`.execute(transaction);
    for (const statement of statementsFor(role, db.schemas)) await statement.execute(transaction);
  });
}

const migrationTables = sql.join(
  ["kysely_migration", "kysely_migration_lock", "graphile_worker.migrations"].map((name) => sql.table(name)),
);

const statementsFor = (role: string, { own, queue }: Schemas) => {
  const [who, schemas] = [sql.id(role), sql`${sql.id(own)}, ${sql.id(queue)}`];
  return [
    sql`grant usage on schema ${schemas} to ${who}`,
    sql`grant select, insert, update, delete on all tables in schema ${schemas} to ${who}`,
    sql`grant usage, select on all sequences in schema ${schemas} to ${who}`,
    sql`revoke update, delete on ${sql.table("audit_event")} from ${who}`,
    sql`revoke insert, update, delete on ${migrationTables} from ${who}`,
    sql`do ${sql.raw(openQueue(role, queue))}`,
  ];
};

/** One policy for each role: several processes may work on a queue. */
function openQueue(role: string, queue: string): string {
  const policy = `patchbay ${role}`;
  return quote(`
    declare closed regclass;
    begin
      for closed in
        select c.oid::regclass from pg_class c
        where c.relnamespace = ${quote(queue)}::regnamespace and c.relrowsecurity
          and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = left(${quote(policy)}, 63))
      loop
        execute format('create policy %I on %s to %I using (true) with check (true)',
                       left(${quote(policy)}, 63), closed, ${quote(role)});
      end loop;
    end`);
}

/** A text as SQL has it. */
const quote = (text: string): string => `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
