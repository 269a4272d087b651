import { isCurrent, migrate, openDatabase, type OpenDatabase } from "@patchbay/core/db";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newDatabase, query } from "./harness/database.ts";

let url: string;
let database: OpenDatabase;

beforeAll(async () => {
  url = await newDatabase();
  database = openDatabase(url);
});
afterAll(() => database.close());

test("a database that has every migration is known by one look", async () => {
  expect(await isCurrent(database.db)).toBe(true);
});

test.each([
  ["one of ours", "delete from kysely_migration where name = (select max(name) from kysely_migration)"],
  [
    "one of the job queue's",
    "delete from graphile_worker.migrations where id = (select max(id) from graphile_worker.migrations)",
  ],
  ["more than we know", "insert into kysely_migration values ('999-later', now()::text)"],
])("one that lacks or has %s is looked at closely", async (_what, change) => {
  const other = await newDatabase();
  await query(other, change);
  const changed = openDatabase(other);
  try {
    expect(await isCurrent(changed.db)).toBe(false);
  } finally {
    await changed.close();
  }
});

test("an empty one is brought to this version", async () => {
  const other = await newDatabase();
  await query(other, "drop schema public cascade; create schema public; drop schema graphile_worker cascade");
  const empty = openDatabase(other);
  try {
    expect(await isCurrent(empty.db)).toBe(false);
    await migrate(empty.db, empty.pool);
    expect(await isCurrent(empty.db)).toBe(true);
  } finally {
    await empty.close();
  }
});
