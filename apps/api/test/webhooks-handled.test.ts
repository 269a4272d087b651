import { createWebhookEvents, openDatabase, purgeEvents, wakeWebhooks } from "@patchbay/core/db";
import { createProviderHttp } from "@patchbay/core/http";
import { createRegistry } from "@patchbay/core/providers";
import { handleWebhooks } from "@patchbay/core/webhooks";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { openWorld } from "./harness/open-world.ts";
import { post, sign, signOne } from "./harness/post.ts";
import { newcomer } from "./harness/probe.ts";
import { getSubject } from "./harness/subjects.ts";
import { connect } from "./harness/walk.ts";

// Nobody works in the background: each test reads the events itself, and sees what that adds.
const world = await openWorld({ env: { WORKERS: "0" } });
const database = openDatabase(world.databaseUrl);
afterAll(() => database.close());
afterEach(async () => {
  await world.sql("truncate webhook_event, connection, credential cascade");
  await world.sql("delete from patchbay_worker._private_jobs");
});

function handle(): Promise<void> {
  const registry = createRegistry(world.config.providers.clients, createProviderHttp({ sandbox: world.sandbox.url }));
  return handleWebhooks({ registry, events: createWebhookEvents(database.db) });
}

const ids = async (where = "true") =>
  (await world.sql<{ id: string }>(`select id from webhook_event where ${where} order by id`)).map(({ id }) => id);
const waiting = () => ids("handled_at is null");
/** The jobs about credentials that events have caused. */
const jobs = async () =>
  (
    await world.sql<{ job: string }>(
      `select t.identifier || ':' || (payload->>'credential') as job from patchbay_worker._private_jobs j
       join patchbay_worker._private_tasks t on t.id = j.task_id where t.identifier in ('check', 'erase') order by 1`,
    )
  ).map(({ job }) => job);
const credentialOf = async (provider: string, person?: string) => {
  const one = getSubject(provider);
  await connect(await newcomer(world), one, person ?? one.person);
  const [row] = await world.sql<{ id: string }>(
    "select id from credential where provider = $1 order by created_at desc limit 1",
    [provider],
  );
  return row?.id ?? "";
};
const age = (seconds: number) =>
  world.sql(
    `update webhook_event set received_at = received_at - make_interval(secs => $1),
                              due_at = due_at - make_interval(secs => $1)`,
    [seconds],
  );

const ends = [
  { provider: "paypal", event: "IDENTITY.AUTHORIZATION-CONSENT.REVOKED", person: "grace" },
  { provider: "shopify", event: "app/uninstalled", person: "nora" },
  { provider: "stripe", event: "account.application.deauthorized", person: "mei" },
  { provider: "zoom", event: "app_deauthorized", person: "priya" },
];

describe.each(ends)("63. $provider tells that an account ended:", ({ provider, event, person }) => {
  test("63. the credential of an account that ended is to be verified, nobody else's, and nothing is believed yet", async () => {
    const other = await credentialOf(provider, getSubject(provider).other);
    const id = await credentialOf(provider);
    await post(await signOne(world, { provider, event, person }));
    await handle();
    expect(await jobs()).toEqual([`check:${id}`]);
    expect([await waiting(), await ids()]).toEqual([[], [expect.any(String)]]);
    expect(await world.sql("select id, status from credential order by created_at")).toEqual([
      { id: other, status: "active" },
      { id, status: "active" },
    ]);
  });

  test("the credential of another client or mode is left alone", async () => {
    await credentialOf(provider);
    await world.sql("update credential set client_id = 'another-client'");
    await credentialOf(provider);
    await world.sql("update credential set mode = 'another' where client_id <> 'another-client'");
    await post(await signOne(world, { provider, event, person }));
    await age(91);
    await handle();
    expect([await jobs(), await waiting()]).toEqual([[], []]);
  });

  test("64. an event before its account is connected here waits a minute and a half for that, and no longer", async () => {
    await post(await signOne(world, { provider, event, person }));
    await handle();
    expect([await jobs(), (await waiting()).length]).toEqual([[], 1]);
    const id = await credentialOf(provider);
    await handle();
    expect([await jobs(), (await waiting()).length]).toEqual([[], 1]);
    await age(2);
    await handle();
    expect([await jobs(), await waiting()]).toEqual([[`check:${id}`], []]);
    await post(await signOne(world, { provider, event, account: "nobody's", person: undefined }));
    await age(91);
    await handle();
    expect([await jobs(), await waiting()]).toEqual([[`check:${id}`], []]);
  });

  test("an account that is being disconnected already is left to that", async () => {
    await credentialOf(provider);
    await world.sql("update credential set status = 'disconnecting'");
    await post(await signOne(world, { provider, event, person }));
    await handle();
    expect([await jobs(), await waiting()]).toEqual([[], []]);
  });
});

test("63. an event of another platform, of another app or of another mode means nothing", async () => {
  await Promise.all([credentialOf("stripe"), credentialOf("zoom")]);
  const stripe = { provider: "stripe", event: "account.application.deauthorized", person: "mei" };
  await post(await signOne(world, { ...stripe, patch: { livemode: true } }));
  await post(await signOne(world, { ...stripe, patch: { data: { object: { id: "ca_another" } } } }));
  const zoom = { provider: "zoom", event: "app_deauthorized", person: "priya" };
  await post(await signOne(world, { ...zoom, patch: { payload: { client_id: "another" } } }));
  await handle();
  expect([await jobs(), await waiting(), (await ids()).length]).toEqual([[], [], 3]);
});

test("Shopify's three compliance topics: a shop is erased, whatever its state; of customers nothing is kept", async () => {
  const id = await credentialOf("shopify");
  await world.sql("update credential set status = 'revoked'");
  for (const event of ["shop/redact", "customers/redact", "customers/data_request"])
    expect((await post(await signOne(world, { provider: "shopify", event, person: "nora" }))).status).toBe(200);
  await handle();
  expect([await jobs(), await waiting()]).toEqual([[`erase:${id}`], []]);
  expect(await world.sql("select from webhook_event where body <> ''")).toEqual([]);
});

test("what waits for a connect is looked at again at growing distances, and not each time that anything comes", async () => {
  const next = async () =>
    (
      await world.sql<{ seconds: number }>(
        "select round(extract(epoch from due_at - received_at))::int as seconds from webhook_event",
      )
    )[0]?.seconds;
  const secondsToLook = async () =>
    (
      await world.sql<{ seconds: number }>(
        "select greatest(0, extract(epoch from due_at - now()) + 0.1)::float as seconds from webhook_event",
      )
    )[0]?.seconds ?? 0;
  await post(await signOne(world, { provider: "zoom", event: "app_deauthorized", account: "nobody's" }));
  const looks: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    await age(await secondsToLook());
    await handle();
    looks.push((await next()) ?? 0);
    await handle();
    expect(await next()).toBe(looks.at(-1));
  }
  expect([new Set(looks).size, looks.toSorted((a, b) => a - b), looks.at(-1)]).toEqual([7, looks, 90]);
  await age(await secondsToLook());
  await handle();
  expect(await waiting()).toEqual([]);
});

test("62. an event that was handled is known again when it comes again", async () => {
  const id = await credentialOf("zoom");
  const signed = await signOne(world, { provider: "zoom", event: "app_deauthorized", person: "priya" });
  await post(signed);
  await handle();
  await world.sql("delete from patchbay_worker._private_jobs");
  await post(signed);
  await handle();
  expect([await jobs(), (await ids()).length, id]).toEqual([[], 1, expect.any(String)]);
});

test("more events than one batch are handled to the last, by several at once, each exactly once", async () => {
  const id = await credentialOf("zoom");
  await world.sql(
    `insert into webhook_event (provider, event_id, topic, body)
     select 'zoom', n::text, 'meeting.started', '{}' from generate_series(1, 1200) n`,
  );
  await post(await signOne(world, { provider: "zoom", event: "app_deauthorized", person: "priya" }));
  await Promise.all([handle(), handle(), handle()]);
  expect([await jobs(), await waiting(), (await ids()).length]).toEqual([[`check:${id}`], [], 1201]);
});

test("a process that dies amid a batch has handled nothing of it, and the next one does", async () => {
  const id = await credentialOf("zoom");
  for (const one of await sign(world, { provider: "zoom", event: "app_deauthorized", person: "priya", count: 3 }))
    await post(one);
  const events = createWebhookEvents(database.db);
  let seen = 0;
  const dying = events.next(() => {
    seen += 1;
    if (seen === 3) throw new Error("killed");
    return undefined;
  });
  await expect(dying).rejects.toThrow("killed");
  expect((await waiting()).length).toBe(3);
  await handle();
  expect([await jobs(), await waiting()]).toEqual([[`check:${id}`], []]);
});

test("events that were overlooked are noticed after two seconds; where nothing waits, nothing is added", async () => {
  const queued = () => world.sql("select key from patchbay_worker._private_jobs");
  await wakeWebhooks(database.db);
  expect(await queued()).toEqual([]);
  await post(await signOne(world, { provider: "zoom", event: "meeting.started" }));
  await world.sql("delete from patchbay_worker._private_jobs");
  await wakeWebhooks(database.db);
  expect(await queued()).toEqual([]);
  await age(3);
  await wakeWebhooks(database.db);
  await wakeWebhooks(database.db);
  expect(await queued()).toEqual([{ key: "webhooks" }]);
});

test("an event is forgotten a month after it was handled, and never before it was", async () => {
  await world.sql(
    `insert into webhook_event (provider, event_id, topic, body, received_at, handled_at)
     select 'zoom', days::text, 'x', '', now() - make_interval(days => days), now() - make_interval(days => handled)
     from (values (31, 31), (32, null), (33, 29), (29, 29)) v (days, handled)`,
  );
  expect(await purgeEvents(database.db)).toBe(1);
  expect(await world.sql("select event_id from webhook_event order by 1")).toEqual([
    { event_id: "29" },
    { event_id: "32" },
    { event_id: "33" },
  ]);
});
