import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { recordHeartbeat, deregisterWorker, openDatabase } from "@patchbay/core/db";
import { expect, test } from "vitest";
import { openWorld } from "./harness/open-world.ts";
import { eventually } from "./harness/probe.ts";
import { environmentOf } from "./harness/process.ts";
import { getSubject } from "./harness/subjects.ts";
import { connect } from "./harness/walk.ts";

const world = await openWorld({ env: { WORKERS: "0" } });

const [calendly, zoom] = [getSubject("calendly"), getSubject("zoom")];

test("jobs of a process that was killed are free again once it has not been heard of for fifteen seconds", async () => {
  const database = openDatabase(world.databaseUrl, { max: 2 });
  await recordHeartbeat(database.db, "pool-dead");
  await recordHeartbeat(database.db, "pool-alive");
  await world.sql(
    "select patchbay_worker.add_job('keep', '{}', run_at := now() + interval '1 hour', job_key := 'stuck')",
  );
  await world.sql(
    "update patchbay_worker._private_jobs set locked_at = now(), locked_by = 'pool-dead' where key = 'stuck'",
  );
  expect(await recordHeartbeat(database.db, "pool-alive")).toBe(0);
  await world.sql("update worker set heartbeat_at = now() - interval '14 seconds' where id = 'pool-dead'");
  expect(await recordHeartbeat(database.db, "pool-alive")).toBe(0);
  await world.sql("update worker set heartbeat_at = now() - interval '16 seconds' where id = 'pool-dead'");
  expect(await recordHeartbeat(database.db, "pool-alive")).toBe(1);
  expect(await world.sql("select locked_by from patchbay_worker.jobs where key = 'stuck'")).toEqual([
    { locked_by: null },
  ]);
  await deregisterWorker(database.db, "pool-alive");
  expect(await world.sql("select from worker")).toEqual([]);
  await database.close();
});

test("a worker of its own does what an API process without workers leaves to it, many at a time, and stops when told", async () => {
  const browser = await world.signedIn();
  const [row] = [await connect(browser, zoom), await connect(browser, calendly)];
  await world.sql(
    "update credential set issued_at = now() - interval '50 minutes', expires_at = now() + interval '10 minutes'",
  );
  await world.sql("update patchbay_worker._private_jobs set run_at = now()");
  await sleep(300);
  for (const { token } of [zoom, calendly]) await world.control.failRequests({ ...token, delayMs: 2_000, times: 1 });
  const underWay = () =>
    world.sql("select from patchbay_worker.jobs where task_identifier = 'keep' and locked_at is not null");
  const version = async () => {
    const [found] = await world.sql<{ version: number }>(
      "select version from credential k join connection c on c.credential_id = k.id where c.id = $1",
      [row.id],
    );
    return found?.version;
  };
  expect(await version()).toBe(1);
  const worker = spawn(process.execPath, [fileURLToPath(new URL("../src/main.ts", import.meta.url)), "worker"], {
    env: { ...process.env, ...(await environmentOf(world)), PORT: String(world.config.port), WORKERS: "0" },
    stdio: "ignore",
  });
  const exited = once(worker, "exit");
  await eventually(async () => expect(await underWay()).toHaveLength(2));
  await eventually(async () => expect(await version()).toBe(2));
  expect(await world.sql("select from worker")).toHaveLength(1);
  worker.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
  expect(await world.sql("select from worker")).toEqual([]);
});
