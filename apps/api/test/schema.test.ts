import { foreignTables, tables, type Column } from "@patchbay/core/db";
import { beforeAll, expect, test } from "vitest";
import { newDatabase, query } from "./harness/database.ts";

interface Found {
  name: string;
  type: string;
  isNullable: boolean;
  hasDefault: boolean;
}

let found: Found[];

beforeAll(async () => {
  found = await query<Found>(
    await newDatabase(),
    `select case when table_schema = 'patchbay' then '' else 'graphile_worker.' end || table_name || '.' || column_name as name,
            udt_name as type, is_nullable = 'YES' as "isNullable",
            column_default is not null or is_identity = 'YES' as "hasDefault"
     from information_schema.columns where table_schema in ('patchbay', 'patchbay_worker')`,
  );
});

/** The columns of a description, by table and name. */
function listColumns(described: Record<string, Record<string, Column<unknown>>>): Found[] {
  return Object.entries(described).flatMap(([table, columns]) =>
    Object.entries(columns).map(([column, { type, isNullable, hasDefault }]) => ({
      name: `${table}.${column}`,
      type,
      isNullable,
      hasDefault,
    })),
  );
}

const byName = (columns: Found[]) => Object.fromEntries(columns.map(({ name, ...column }) => [name, column]));

test("the schema describes each column of ours as the migrated database has it, and no other", () => {
  const ours = found.filter(({ name }) => !/^(graphile_worker\.|kysely_migration)/.test(name));
  expect(byName(listColumns(tables))).toEqual(byName(ours));
});

test("the columns that are read of the job queue and of Kysely are there, with the described types", () => {
  const types = new Map(found.map(({ name, type }) => [name, type]));
  for (const { name, type } of listColumns(foreignTables)) expect([name, types.get(name)]).toEqual([name, type]);
});
