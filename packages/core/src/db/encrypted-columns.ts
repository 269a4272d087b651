import { sql, type Kysely, type RawBuilder } from "kysely";
import type { AssociatedData } from "../vault/index.ts";
import type { Database } from "./schema.ts";

/** A column that holds sealed blobs, and the expressions by which its blobs are bound to their rows. */
export interface SealedColumn {
  table: string;
  column: string;
  /** What the additional authenticated data calls the column. It never changes: the blobs of before would not open. */
  label: string;
  key: string;
  keyType: string;
  row: string;
  provider: string;
}

const attempt = { table: "attempt", key: "id", keyType: "bytea", row: "encode(id, 'hex')", provider: "provider" };

/** All sealed columns. */
export const sealedColumns: readonly SealedColumn[] = [
  {
    table: "credential",
    column: "secret",
    label: "secret",
    key: "id",
    keyType: "uuid",
    row: "id::text",
    provider: "provider",
  },
  { ...attempt, column: "provider_state", label: "notes" },
  { ...attempt, column: "authorization_response", label: "returned" },
  { ...attempt, column: "current_step", label: "step" },
  {
    table: "installation",
    column: "canary",
    label: "canary",
    key: "singleton",
    keyType: "boolean",
    row: "'only'",
    provider: "''",
  },
];

/** A sealed blob and its row. */
export interface SealedRow {
  /** The primary key, as the database gives it. */
  key: unknown;
  place: AssociatedData;
  /** The id of the key that it was sealed under, as its header says. */
  sealedBy: string;
  blob: Buffer;
}

const maxRowsAtOnce = 200;

/** The id of the key in a blob's header. A damaged header gives its bytes, escaped. */
export function sealedBy({ column }: SealedColumn): RawBuilder<string> {
  const blob = sql.ref(column);
  return sql`case when octet_length(${blob}) > 1
    then encode(substring(${blob} from 3 for get_byte(${blob}, 1)), 'escape') else '' end`;
}

/** All rows of a column that hold a blob, by primary key; `except` leaves out those sealed under one key. */
export async function* sealedRows(
  db: Kysely<Database>,
  at: SealedColumn,
  except?: string,
): AsyncGenerator<SealedRow[]> {
  const [key, column] = [sql.ref(at.key), sql.ref(at.column)];
  let last: unknown = null;
  for (;;) {
    const { rows } = await sql<SealedRow & { row: string; provider: string }>`
      select ${key} as key, ${sql.raw(at.row)} as row, ${sql.raw(at.provider)} as provider,
             ${sealedBy(at)} as "sealedBy", ${column} as blob
      from ${sql.table(at.table)}
      where ${column} is not null and (${last}::${sql.raw(at.keyType)} is null or ${key} > ${last})
        and (${except ?? null}::text is null or ${sealedBy(at)} <> ${except ?? null})
      order by ${key} limit ${maxRowsAtOnce}`.execute(db);
    if (rows.length === 0) return;
    last = rows.at(-1)?.key;
    const { table, label } = at;
    yield rows.map(({ row, provider, ...rest }) => ({ ...rest, place: { table, row, column: label, provider } }));
  }
}

/** How many blobs of a column are sealed under one key. */
export interface Count {
  table: string;
  column: string;
  sealedBy: string;
  rows: number;
}

/** Counts the blobs of each column by the key that they are sealed under. */
export async function countSealed(db: Kysely<Database>): Promise<Count[]> {
  const counts: Count[] = [];
  for (const at of sealedColumns) {
    const { rows } = await sql<{ sealedBy: string; rows: number }>`
      select ${sealedBy(at)} as "sealedBy", count(*)::int as rows
      from ${sql.table(at.table)} where ${sql.ref(at.column)} is not null
      group by 1 order by 1`.execute(db);
    counts.push(...rows.map((row) => ({ table: at.table, column: at.column, ...row })));
  }
  return counts;
}
