import { createProviderHttp } from "@patchbay/core/http";
import { createRegistry } from "@patchbay/core/providers";
import { getProvider } from "@patchbay/core/registry";
import { afterEach, describe, expect, test } from "vitest";
import type { Config } from "../src/config/config.ts";
import { createBackEnd, entryWithRights, newKey } from "./harness/back-end.ts";
import type { Browser } from "./harness/browser.ts";
import { openWorld } from "./harness/open-world.ts";
import { getSubject } from "./harness/subjects.ts";
import { beginInVisit, createProduct, openLink, productUrl, returnToProduct } from "./harness/visit.ts";
import { connect, decide, finish } from "./harness/walk.ts";

const key = newKey();
const world = await openWorld({
  env: {
    SERVICE_KEYS: entryWithRights("crm", key, { rights: ["read", "connect"] }),
    CONNECT_RETURN_URLS: productUrl,
  },
});
const product = createProduct(world, key);
afterEach(() => world.control.reset());

type Clients = Config["providers"]["clients"];
const { clients } = world.config.providers;

/** What is set up, with these scopes at one provider, which asks for nothing because of webhooks. */
function clientsWith(id: string, scopes: readonly string[] | undefined): Clients {
  const client = clients[id];
  if (client === undefined) throw new Error(`${id} is not set up`);
  return { ...clients, [id]: { ...client, scopes, webhook: undefined } };
}

/** Another process, whose operator has chosen these scopes. It stops at the end of its test. */
async function startWith(id: string, scopes: readonly string[] | undefined) {
  const running = await world.another({
    providers: { ...world.config.providers, clients: clientsWith(id, scopes) },
  });
  return { url: running.url, [Symbol.asyncDispose]: () => running.stop() };
}

interface Shown {
  id: number;
  scopes: string[];
  missingScopes: string[];
}

/** The missing scopes of the user's one connection, as each list of a process shows them. */
async function listMissing(browser: Browser, url: string, connection: number): Promise<unknown[]> {
  const [row] = await world.sql<{ user_id: string }>("select user_id from connection where id = $1", [connection]);
  const page = (await browser.get(new URL("/api/trpc/connections.list", url))).json["result"] as { data: Shown[] };
  const rest = JSON.parse((await browser.get(new URL("/api/v1/channels/", url))).text) as Shown[];
  const service = (await createBackEnd(url, key).list(row?.user_id ?? "")).json["connections"] as Shown[];
  return [page.data, rest, service].map((list) => list.map(({ missingScopes }) => missingScopes));
}

const everywhere = (missing: readonly string[]) => [[missing], [missing], [missing]];

/** Reconnects an account in place, by a process. Gives the answer to the page's post. */
async function allowMore(browser: Browser, id: string, { url, connection }: { url: string; connection: number }) {
  const subject = getSubject(id);
  const query = new URLSearchParams([...new URLSearchParams(subject.opening), ["connection", String(connection)]]);
  const { location } = await browser.get(new URL(`/api/v1/channels/${id}/auth?${query.toString()}`, url));
  if (location === undefined) throw new Error("no redirect to the provider");
  const landing = (await browser.get(await decide(location, "allow", subject.person))).location;
  if (landing === undefined) throw new Error("the return leads nowhere");
  return { asked: location.searchParams.get("scope"), answer: await finish(browser, subject, landing) };
}

const added = [
  ["calendly", "event_types:read"],
  ["paypal", "address"],
  ["shopify", "read_orders"],
  ["zoom", "meeting:read:meeting"],
] as const;

describe.each(added)("a scope that the operator of %s adds to the configuration", (id, scope) => {
  test("is missing from a connection that is there, until its user allows more", async () => {
    await using before = await startWith(id, undefined);
    const browser = await world.signedIn();
    const { id: connection } = await connect(browser, getSubject(id));
    expect(await listMissing(browser, before.url, connection)).toEqual(everywhere([]));

    await using after = await startWith(id, [scope]);
    expect(await listMissing(browser, after.url, connection)).toEqual(everywhere([scope]));

    // At Zoom it is the app's registration that asks.
    await world.control.changeProvider({ provider: "zoom", appScopes: "user:read:user meeting:read:meeting" });
    const { asked } = await allowMore(browser, id, { url: after.url, connection });
    if (asked !== null) expect(asked.split(/[ ,]/)).toContain(scope);
    expect(await listMissing(browser, after.url, connection)).toEqual(everywhere([]));
    expect(await world.sql("select count(*)::int from connection where id = $1", [connection])).toEqual([{ count: 1 }]);
  });
});

describe("42. a user who is asked for more and leaves it out", () => {
  test("keeps the connection as it was, with what is missing", async () => {
    const browser = await world.signedIn();
    const { id: connection } = await connect(browser, getSubject("calendly"));
    await using running = await startWith("calendly", ["event_types:read"]);
    await world.control.changeProvider({ provider: "calendly", grantedScopes: "users:read" });
    const { answer } = await allowMore(browser, "calendly", { url: running.url, connection });
    expect(answer?.json).toMatchObject({ code: "scope_missing" });
    expect(await listMissing(browser, running.url, connection)).toEqual(everywhere(["event_types:read"]));
  });
});

describe.each(added)("the lists judge what %s granted as core does", (id, scope) => {
  test("whatever was granted, and whatever includes what is needed", async () => {
    const needed = getProvider(createRegistry(clientsWith(id, [scope]), createProviderHttp()), id).neededScopes ?? [];
    const browser = await world.signedIn();
    const { id: connection } = await connect(browser, getSubject(id));
    await using running = await startWith(id, [scope]);
    const grants = [[], ['it\'s {a} "b"'], ...needed.flatMap(({ includedIn }) => includedIn.map((one) => [one]))];
    const told: unknown[] = [];
    for (const granted of grants) {
      await world.sql(
        "update credential k set scopes = $2 from connection c where k.id = c.credential_id and c.id = $1",
        [connection, granted],
      );
      told.push([granted, await listMissing(browser, running.url, connection)]);
    }
    const missingOf = (granted: readonly string[]) =>
      needed.flatMap((one) => (one.includedIn.some((other) => granted.includes(other)) ? [] : one.scope));
    expect(told).toEqual(grants.map((granted) => [granted, everywhere(missingOf(granted))]));
    expect(needed).not.toEqual([]);
  });
});

describe("the scopes of a connect session", () => {
  test("are asked for at the provider in place of those configured, beside what identifies the account", async () => {
    const session = await product.create("sam", {
      scopes: { calendly: ["availability:read"], shopify: ["read_orders"] },
    });
    const browser = world.browser();
    await openLink(browser, session);
    const scopesAt = async (id: string) => (await beginInVisit(browser, getSubject(id))).searchParams.get("scope");
    expect(await scopesAt("shopify")).toBe("read_orders");
    expect(await scopesAt("calendly")).toMatch(/^users:read availability:read( |$)/);
  });

  test("are those that the user has to grant, and the connection is judged by what is configured", async () => {
    const session = await product.create("kim", { scopes: { shopify: ["read_orders"] } });
    const browser = world.browser();
    await openLink(browser, session);
    const shopify = getSubject("shopify");
    const { json } = await product.complete(session, await returnToProduct(browser, shopify), "kim");
    expect(json).toMatchObject({ connection: { scopes: ["read_orders"], missingScopes: ["read_products"] } });

    const next = await product.create("lou", { scopes: { shopify: ["read_orders"] } });
    const other = world.browser();
    await openLink(other, next);
    await world.control.changeProvider({ provider: "shopify", grantedScopes: "read_products" });
    expect((await product.complete(next, await returnToProduct(other, shopify), "lou")).json).toMatchObject({
      code: "scope_missing",
    });
  });

  test.each([
    ["stripe", ["read_write"]],
    ["telegram", ["messages"]],
    ["calendly", ["read_products"]],
    ["shopify", ["read_products&scope=write_products"]],
  ])("at %s cannot be %j", async (provider, scopes) => {
    expect((await product.ask({ user: { id: "kim" }, scopes: { [provider]: scopes } })).json).toMatchObject({
      code: "invalid_request",
    });
  });
});
