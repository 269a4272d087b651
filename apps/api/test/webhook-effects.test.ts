import { describe, expect, test } from "vitest";
import { openWorld } from "./harness/open-world.ts";
import { address, emit, post, remove, sign, signOne, subscribed } from "./harness/post.ts";
import { eventually, hurry, newcomer } from "./harness/probe.ts";
import { getSubject } from "./harness/subjects.ts";
import { connect, disconnect, list } from "./harness/walk.ts";
import { expire, loseLease, stateOf } from "./credentials/credential-process.ts";

const world = await openWorld();

/** Until all that was sent has been read, and everything has been asked that was to be asked. */
const settled = () =>
  eventually(async () => {
    // What waits for a connect has waited long enough: providers tell of our own disconnects too.
    await world.sql(
      `update webhook_event set received_at = now() - interval '2 minutes', due_at = now() where handled_at is null`,
    );
    await world.sql(
      `select patchbay_worker.add_job('webhooks', job_key := 'webhooks')
       where exists (select from webhook_event where handled_at is null)`,
    );
    expect(await world.sql("select from webhook_event where handled_at is null")).toEqual([]);
    expect(
      await world.sql(
        `select from patchbay_worker.jobs where task_identifier in ('webhooks', 'check', 'erase', 'subscribe') and run_at <= now()`,
      ),
    ).toEqual([]);
  });

const ends = [
  { provider: "paypal", event: "IDENTITY.AUTHORIZATION-CONSENT.REVOKED", person: "grace" },
  { provider: "shopify", event: "app/uninstalled", person: "nora" },
  { provider: "stripe", event: "account.application.deauthorized", person: "mei" },
  { provider: "zoom", event: "app_deauthorized", person: "priya" },
];

describe.each(ends)("63. $provider, an event about an account", ({ provider, event, person }) => {
  const one = getSubject(provider);

  test("a user who removes the app at the provider sees it here soon, and nobody else's connection changes", async () => {
    const [user, bystander] = [await newcomer(world), await newcomer(world)];
    const row = await connect(user, one);
    const other = await connect(bystander, one, one.other);
    await settled();
    expect(await remove(world, { provider, person })).toMatchObject({ events: [{ event }] });
    await eventually(async () => {
      expect(await list(user)).toMatchObject([{ id: row.id, status: "revoked", reason: "removed_at_provider" }]);
    });
    expect(await list(bystander)).toMatchObject([{ id: other.id, status: "active" }]);
    await disconnect(user, one, row.id);
    await disconnect(bystander, one, other.id);
  });

  test("63. an untrue event that the app was removed changes nothing", async () => {
    const user = await newcomer(world);
    const row = await connect(user, one);
    await settled();
    for (const signed of await sign(world, { provider, event, person, count: 3 })) await post(signed);
    await settled();
    expect(await list(user)).toMatchObject([{ id: row.id, status: "active" }]);
    await disconnect(user, one, row.id);
  });

  test("65. an event that comes after the account was connected anew does not end the new connection", async () => {
    const user = await newcomer(world);
    const row = await connect(user, one);
    await settled();
    const late = await signOne(world, { provider, event, person });
    await remove(world, { provider, person, deliver: false });
    await connect(user, one);
    expect((await post(late)).status).toBe(200);
    await settled();
    expect(await list(user)).toMatchObject([{ id: row.id, status: "active" }]);
    await disconnect(user, one, row.id);
  });

  test("63. an event about an account that was disconnected here, or never connected, is taken and changes nothing", async () => {
    const user = await newcomer(world);
    const row = await connect(user, one);
    await disconnect(user, one, row.id);
    for (const who of [{ person }, { account: "nobody" }]) {
      expect((await post(await signOne(world, { provider, event, ...who }))).status).toBe(200);
    }
    await settled();
    expect(await list(user)).toEqual([]);
  });
});

test("Shopify's shop/redact deletes what is kept of a shop that is gone, and spares one that is connected anew", async () => {
  const [user, shopify] = [await newcomer(world), getSubject("shopify")];
  const redact = () => signOne(world, { provider: "shopify", event: "shop/redact", person: shopify.person });
  const row = await connect(user, shopify);
  await settled();
  await post(await redact());
  await settled();
  expect(await list(user)).toMatchObject([{ id: row.id, status: "active" }]);
  await remove(world, { provider: "shopify", person: shopify.person });
  await eventually(async () => expect(await list(user)).toMatchObject([{ status: "revoked" }]));
  await post(await redact());
  await eventually(async () => expect(await list(user)).toEqual([]));
  expect(await world.sql("select from credential where provider = 'shopify'")).toEqual([]);
});

describe("an address for events", () => {
  test("an address for events is registered for a shop when it is connected, once, and removed when the last leaves", async () => {
    const shopify = getSubject("shopify");
    const users = [await newcomer(world), await newcomer(world)];
    const rows = [];
    for (const user of users) rows.push(await connect(user, shopify));
    await settled();
    expect(await subscribed(world, "shopify")).toMatchObject([
      { topic: "APP_UNINSTALLED", uri: address(world, "shopify") },
    ]);
    for (const [index, user] of users.entries()) {
      expect(await subscribed(world, "shopify")).toHaveLength(1);
      expect((await disconnect(user, shopify, rows[index]?.id ?? 0)).status).toBe(200);
    }
    expect(await subscribed(world, "shopify")).toEqual([]);
    const { calls } = await world.control.listCalls();
    const graphql = calls.filter(({ host, path }) => host.startsWith("acme-goods") && path.includes("graphql"));
    // The last three: the list, the removal, the uninstallation. That ends all of a shop's, so only the calls tell.
    expect(graphql.slice(-3).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test("an address for events is registered for each connection of a Calendly account apart, and events of both are one", async () => {
    const calendly = getSubject("calendly");
    const users = [await newcomer(world), await newcomer(world)];
    const rows = [];
    for (const user of users) rows.push(await connect(user, calendly));
    await eventually(async () => expect(await subscribed(world, "calendly")).toHaveLength(2));
    const credentials = await world.sql<{ id: string }>(
      "select id from credential where provider = 'calendly' order by 1",
    );
    const urls = (await subscribed(world, "calendly")).map(({ url }) => String(url)).toSorted();
    expect(urls).toEqual(credentials.map(({ id }) => `${address(world, "calendly")}/${id}`));
    const before = await world.sql("select from webhook_event where provider = 'calendly'");
    const sent = await emit(world, { provider: "calendly", event: "invitee.created", person: calendly.person });
    expect(sent).toMatchObject({ deliveries: [{ status: 200 }, { status: 200 }] });
    expect(await world.sql("select from webhook_event where provider = 'calendly'")).toHaveLength(before.length + 1);
    await disconnect(users[0] ?? world.browser(), calendly, rows[0]?.id ?? 0);
    expect(await subscribed(world, "calendly")).toHaveLength(1);
    await disconnect(users[1] ?? world.browser(), calendly, rows[1]?.id ?? 0);
    expect(await subscribed(world, "calendly")).toEqual([]);
  });

  test("an address for events that Calendly's free plan refuses is given up, and the connection stands", async () => {
    const [user, calendly] = [await newcomer(world), getSubject("calendly")];
    await world.control.changeProvider({ provider: "calendly", freePlan: true });
    const row = await connect(user, calendly);
    await settled();
    expect(await world.sql("select from patchbay_worker.jobs where task_identifier = 'subscribe'")).toEqual([]);
    expect(await list(user)).toMatchObject([{ id: row.id, status: "active" }]);
    expect(world.logged()).toContain('"failure":"access_denied"');
    await world.control.changeProvider({ provider: "calendly", freePlan: false });
    await disconnect(user, calendly, row.id);
  });

  test("an address for events that cannot be registered now is registered later", async () => {
    const [user, calendly] = [await newcomer(world), getSubject("calendly")];
    await world.control.failRequests({
      host: "api.calendly.com",
      path: "/webhook_subscriptions",
      status: 503,
      times: 1,
    });
    const row = await connect(user, calendly);
    await eventually(async () => expect(await subscribed(world, "calendly")).toHaveLength(1));
    await disconnect(user, calendly, row.id);
  });
});

describe("a registration for events", () => {
  const token = { host: "auth.calendly.com", path: "/oauth/token" };
  const internal = { errors: [{ message: "Internal error", extensions: { code: "INTERNAL_SERVER_ERROR" } }] };

  test.each([
    { at: "shopify", fault: { ...getSubject("shopify").identity, body: internal } },
    { at: "calendly", fault: { ...token, status: 200, body: "<html>Under maintenance</html>" } },
    { at: "calendly", fault: { ...token, status: 401, body: { error: "invalid_client" } } },
  ])(
    "a registration for events that meets a fault of $at's which passes is tried again: $fault.body",
    async ({ at, fault }) => {
      const [user, one] = [await newcomer(world), getSubject(at)];
      const row = await connect(user, one);
      await settled();
      const { id } = await stateOf(world, row.id);
      await expire(world, row.id);
      await world.control.failRequests(fault);
      const key = `subscribe:${id}`;
      await world.sql(
        "select patchbay_worker.add_job('subscribe', json_build_object('credential', $1::text), job_key := $2)",
        [id, key],
      );
      const failed = "select from patchbay_worker.jobs where key = $1 and last_error is not null";
      await eventually(async () => expect(await world.sql(failed, [key])).toHaveLength(1));
      await loseLease(world, row.id);
      await hurry(world);
      const waiting = "select from patchbay_worker.jobs where key = $1";
      await eventually(async () => expect(await world.sql(waiting, [key])).toEqual([]));
      expect(await subscribed(world, at)).toHaveLength(1);
      await disconnect(user, one, row.id);
    },
  );
});

test("events that come to two processes at once are each handled once", async () => {
  const other = await world.another();
  const events = await sign(world, { provider: "zoom", event: "meeting.started", count: 300 });
  const both = events.flatMap((event, index) => [
    post(event),
    ...(index % 3 === 0 ? [post(event, { url: event.url.replace(world.url, other.url) })] : []),
  ]);
  expect(new Set((await Promise.all(both)).map(({ status }) => status))).toEqual(new Set([200]));
  await settled();
  expect(
    await world.sql("select from webhook_event where topic = 'meeting.started' and handled_at is not null"),
  ).toHaveLength(300);
  await other.stop();
});
