import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { forServing, newDatabase, query } from "./harness/database.ts";
import { liveEnvironment, startLive } from "./harness/live.ts";
import { createMemoryLog } from "./harness/memory-log.ts";
import { newcomer } from "./harness/probe.ts";
import { startProcess } from "./harness/process.ts";
import { subjects } from "./harness/subjects.ts";
import { connect } from "./harness/walk.ts";
import { createWorld, type World } from "./harness/world.ts";

describe("the role that serves", () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
    await connect(await newcomer(world), subjects[0] ?? expect.fail());
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  test.each([
    "alter table audit_event disable trigger audit_event_append_only",
    "drop trigger audit_event_append_only on audit_event",
    "create or replace function refuse_change() returns trigger language plpgsql as $$ begin return null; end $$",
    "update audit_event set actor = 'nobody'",
    "delete from audit_event",
    "truncate audit_event",
    "drop table audit_event",
    "alter table audit_event rename to other",
    "set session_replication_role = replica",
    "create table own (id int)",
    "create role another",
    "copy audit_event to program 'true'",
    "delete from kysely_migration",
  ])("the role that serves may not %s", async (statement) => {
    await expect(query(world.config.databaseUrl, statement)).rejects.toThrow(/permission denied|must be owner/);
  });

  test("the role that serves is enough to serve, and its jobs are done", async () => {
    await world.sql("select patchbay_worker.add_job('webhooks', job_key := 'asked')");
    await expect
      .poll(() => world.sql("select from patchbay_worker.jobs where key = 'asked'"), { timeout: 15_000 })
      .toEqual([]);
    expect(await query(world.config.databaseUrl, "select from audit_event")).not.toEqual([]);
    expect(world.logged()).not.toContain("could change the audit");
  });
});

test("an empty database is made by the owner's address, and served by the lesser role's", async () => {
  const databaseUrl = await newDatabase();
  await query(databaseUrl, "drop schema patchbay cascade; drop schema patchbay_worker cascade");
  const env = { ...liveEnvironment(), DATABASE_URL: forServing(databaseUrl), MIGRATION_DATABASE_URL: databaseUrl };
  const own = await Promise.all([startProcess(env), startProcess(env)]);
  for (const process of own) {
    expect((await fetch(`${process.url}/readyz`)).status).toBe(200);
    await process[Symbol.asyncDispose]();
  }
  const [row] = await query<{ owner: string }>(
    databaseUrl,
    "select tableowner as owner from pg_tables where tablename = 'audit_event'",
  );
  expect(row?.owner).toBe("patchbay");
}, 60_000);

test("a role that could change the audit is told of at the start", async () => {
  const { log, logged } = createMemoryLog();
  const running = await startLive({}, { log });
  await running.stop();
  expect(logged()).toMatch(/The role patchbay of DATABASE_URL is a superuser, and could change the audit/);
}, 40_000);

test.runIf(process.platform !== "win32")(
  "what was secret in the environment is not there once it was read",
  async () => {
    const [folder, canary] = [mkdtempSync(join(tmpdir(), "patchbay-report-")), "canary-of-a-secret"];
    const secrets = {
      AUTH_SECRET: `${canary}-of-at-least-32-characters`,
      ZOOM_CLIENT_SECRET: canary,
      STRIPE_SECRET_KEY: canary,
      ZOOM_WEBHOOK_SECRET: canary,
      SHOPIFY_PREVIOUS_CLIENT_SECRET: canary,
    };
    const url = new URL(await newDatabase());
    const NODE_OPTIONS = `--report-on-signal --report-signal=SIGUSR2 --report-directory=${folder}`;
    await using own = await startProcess({ ...liveEnvironment(), ...secrets, DATABASE_URL: url.href, NODE_OPTIONS });
    own.child.kill("SIGUSR2");
    await expect.poll(() => readdirSync(folder), { timeout: 10_000 }).toHaveLength(1);
    const [name = ""] = readdirSync(folder);
    await expect.poll(() => readFileSync(join(folder, name), "utf8"), { timeout: 10_000 }).toMatch(/\}\s*$/);
    const { environmentVariables } = JSON.parse(readFileSync(join(folder, name), "utf8")) as Record<string, unknown>;
    const said = JSON.stringify(environmentVariables);
    expect(said).toContain("PUBLIC_URL");
    expect(said).not.toContain(canary);
    expect(said).not.toContain(url.password);
    expect(said).not.toContain("ENCRYPTION_KEYS");
  },
  60_000,
);
