import { describe, expect, it } from "vitest";
import { bearerAuth, bench, json, type Json, type Minted } from "./harness.ts";

const sandbox = bench();

const mint = async (provider: string, more: Json = {}) =>
  (await sandbox.control("mint", { provider, count: 3, ...more })) as unknown as Minted[];

const shopQuery = { query: "{ shop { id myshopifyDomain } }" };
const identities: Record<string, (minted: Minted) => Promise<unknown>> = {
  calendly: async ({ accessToken }) =>
    ((await json(await sandbox.get("/api.calendly.com/users/me", bearerAuth(accessToken))))["resource"] as Json)["uri"],
  paypal: async ({ accessToken }) => {
    const path = "/api-m.sandbox.paypal.com/v1/identity/oauth2/userinfo?schema=paypalv1.1";
    return (await json(await sandbox.get(path, bearerAuth(accessToken))))["payer_id"];
  },
  shopify: async ({ shop, accessToken }) => {
    const headers = { "x-shopify-access-token": accessToken };
    const answer = await sandbox.post(`/${shop}/admin/api/2026-10/graphql.json`, shopQuery, headers);
    return ((await json(answer)) as { data: { shop: Json } }).data.shop["id"];
  },
  stripe: async ({ account }) => {
    const key = "sk_test_sandbox_4nVb8RzKx7LpYc2H";
    return (await json(await sandbox.get(`/api.stripe.com/v1/accounts/${account}`, bearerAuth(key))))["id"];
  },
  zoom: async ({ accessToken }) =>
    (await json(await sandbox.get("/api.zoom.us/v2/users/me", bearerAuth(accessToken))))["id"],
};

describe.each(Object.entries(identities))("synthetic people of %s", (provider, identify) => {
  it("synthetic people have consented, and are who they are said to be", async () => {
    const minted = await mint(provider);
    expect(minted.map(({ person }) => person)).toEqual(["load-1", "load-2", "load-3"]);
    expect(new Set(minted.map(({ account }) => account)).size).toBe(3);
    expect(await Promise.all(minted.map(identify))).toEqual(minted.map(({ account }) => account));
    expect(await sandbox.read(`grants?provider=${provider}`)).toHaveLength(3);
  });

  it("synthetic people are on no list, are not made twice, and do not outlive a reset", async () => {
    await mint(provider);
    expect((await mint(provider, { count: 1 })).map(({ person }) => person)).toEqual(["load-4"]);
    expect((await mint(provider, { count: 1, prefix: "b" })).map(({ person }) => person)).toEqual(["b-1"]);
    expect(JSON.stringify(await sandbox.read("people"))).not.toContain("load-1");
    await sandbox.control("set", { provider, person: "load-1", name: "Somebody" });
    await sandbox.control("reset");
    expect((await sandbox.post("/_/set", { provider, person: "load-1", name: "Nobody" })).status).toBe(400);
    expect((await mint(provider, { count: 1 })).map(({ person }) => person)).toEqual(["load-1"]);
  });
});

/** What some work costs this process, in milliseconds of a core: how busy the machine is besides does not count. */
async function costOf(work: () => Promise<unknown>): Promise<number> {
  const { user, system } = process.cpuUsage();
  await work();
  const spent = process.cpuUsage({ user, system });
  return (spent.user + spent.system) / 1000;
}

it(
  "ten thousand synthetic people cost ten times what a thousand cost, and the sandbox stays as quick",
  { timeout: 120_000 },
  async () => {
    const [first] = await mint("zoom", { count: 500 });
    const callIt = async () => {
      for (let call = 0; call < 200; call += 1)
        await sandbox.get("/api.zoom.us/v2/users/me", bearerAuth(first?.accessToken));
    };
    await callIt();
    const [few, calls] = [await costOf(() => mint("zoom", { count: 1000 })), await costOf(callIt)];
    expect(await costOf(() => mint("zoom", { count: 10_000 }))).toBeLessThan(4 * 10 * few);
    expect(await costOf(callIt)).toBeLessThan(4 * calls);
  },
);
