import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "@patchbay/core/db";
import { expect, test } from "vitest";
import { newDatabase } from "./harness/database.ts";

const pidOf = "select pg_backend_pid() as pid";

test("a healthy database keeps its connections, those that listen and those that lie idle beside them", async () => {
  const database = openDatabase(await newDatabase(), { patienceMs: 200 });
  const { pool } = database;
  const clients = await Promise.all([pool.connect(), pool.connect()]);
  await clients[0]?.query("listen something");
  const pids = await Promise.all(clients.map(async (client) => (await client.query<{ pid: number }>(pidOf)).rows));
  for (const client of clients) client.release();
  await sleep(1500);
  const alive = await pool.query<{ pid: number }>("select pid from pg_stat_activity where pid = any($1)", [
    pids.flat().map(({ pid }) => pid),
  ]);
  expect(alive.rows).toHaveLength(2);
  await database.close();
});
