import { openNotifications } from "@patchbay/core/db";
import { expect, test } from "vitest";
import { eventually } from "./harness/probe.ts";
import { connect, list } from "./harness/walk.ts";
import { subjects } from "./harness/subjects.ts";
import { createWorld } from "./harness/world.ts";

const [subject = expect.fail()] = subjects;

test("two Patchbays in one database, beside tables of another program, share no users, connections, jobs or notifications", async () => {
  await using first = await createWorld();
  await first.sql(`create table public."user" (id int); create table public.connection (id int)`);
  const shared = { DATABASE_URL: first.config.databaseUrl, MIGRATION_DATABASE_URL: first.databaseUrl };
  await using second = await createWorld({ env: { ...shared, DATABASE_SCHEMA: "second" } });
  const browser = await second.signedIn();
  const { id } = await connect(browser, subject);
  expect(await list(browser)).toMatchObject([{ id, status: "active" }]);
  const counts = (schema: string) =>
    first.sql(
      `select (select count(*)::int from ${schema}.user) as users,
              (select count(*)::int from ${schema}.connection) as connections,
              (select count(*)::int from ${schema}_worker.jobs where task_identifier = 'keep') as jobs`,
    );
  expect(await counts("second")).toEqual([{ users: 1, connections: 1, jobs: 1 }]);
  expect(await counts("patchbay")).toEqual([{ users: 0, connections: 0, jobs: 0 }]);
  const heard: string[] = [];
  const [user] = await first.sql<{ id: string }>("select id from second.user");
  const lines = await Promise.all(
    ["patchbay", "second"].map(async (schema) => {
      const line = await openNotifications({ url: first.config.databaseUrl, schema, lost: () => {} });
      line.subscribe(user?.id ?? "", () => heard.push(schema));
      return line;
    }),
  );
  await first.sql("update second.connection set label = 'another'");
  await eventually(async () => expect(heard).toEqual(["second"]));
  await Promise.all(lines.map((line) => line.close()));
}, 60_000);
