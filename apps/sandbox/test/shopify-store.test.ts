import { describe, expect, it } from "vitest";
import { appOrigin, bench, json, type Json, withQuery } from "./harness.ts";

const sandbox = bench();
const shop = "acme-goods.myshopify.com";
const client = { client_id: "sandbox-shopify", client_secret: "shpss_sandbox_7c1e94b0d2f85a6e3b19" };
const asked = { client_id: client.client_id, redirect_uri: `${appOrigin}/api/v1/channels/shopify/callback` };
const authorize = `/${shop}/admin/oauth/authorize`;
const accept = { accept: "application/json" };

async function installed(): Promise<Json> {
  const back = await sandbox.consent(authorize, { ...asked, person: "nora", decision: "allow" });
  const fields = { ...client, code: back.searchParams.get("code") ?? "", expiring: "1" };
  return json(await sandbox.form(`/${shop}/admin/oauth/access_token`, fields, accept));
}
const refresh = (set: Json, headers: Record<string, string> = accept) => {
  const fields = { ...client, grant_type: "refresh_token", refresh_token: String(set["refresh_token"]) };
  return sandbox.form(`/${shop}/admin/oauth/access_token`, fields, headers);
};
const graphql = (set: Json, query = "{ shop { id } }") =>
  sandbox.post(
    `/${shop}/admin/api/2026-10/graphql.json`,
    { query },
    {
      "x-shopify-access-token": String(set["access_token"]),
    },
  );
const become = (state: string | null) => sandbox.control("set", { provider: "shopify", person: "nora", state });

describe("a store that is", () => {
  it.each([
    ["frozen", 402, "Unavailable Shop"],
    ["locked", 423, "Locked"],
    ["fraudulent", 403, "Forbidden"],
    ["gone", 404, "Not Found"],
  ])("a store that is %s answers %i everywhere, until it is open again", async (state, status, errors) => {
    const set = await installed();
    await become(state);
    for (const answer of [
      await graphql(set),
      await refresh(set),
      await graphql(set, "mutation { appUninstall { app { id } } }"),
    ])
      expect([answer.status, await json(answer)]).toEqual([status, { errors }]);
    for (const page of [await sandbox.get(withQuery(authorize, asked)), await refresh(set, {})])
      expect([page.status, page.headers.get("content-type")]).toEqual([status, "text/html; charset=utf-8"]);
    await become(null);
    expect(await json(await graphql(set))).toHaveProperty("data.shop.id");
    expect((await refresh(set)).status).toBe(200);
  });

  it("a paused store answers GraphQL with SHOP_INACTIVE and status 200, and refreshes all the same", async () => {
    const set = await installed();
    await become("paused");
    const answer = await graphql(set);
    expect([answer.status, await json(answer)]).toMatchObject([
      200,
      { errors: [{ extensions: { code: "SHOP_INACTIVE" } }] },
    ]);
    expect((await refresh(set)).status).toBe(200);
  });

  it("a store in an unknown state is refused", async () => {
    const answer = await sandbox.post("/_/set", { provider: "shopify", person: "nora", state: "sad" });
    expect(answer.status).toBe(400);
  });
});
