import { expect, test } from "vitest";
import { client, gateOf } from "../../../test/webhooks.ts";
import { oauth } from "../../oauth/index.ts";
import { shopifySpec } from "./spec.ts";

const place = { shop: "acme-goods.myshopify.com" };

function uninstall(status: number, body: unknown) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const provider = oauth(
    shopifySpec,
    client({ secrets: ["hush"] }),
    gateOf(() => ({ status, text })),
  );
  return provider.revoke?.({ accessToken: "held", metadata: place });
}
const said = (...codes: (string | null)[]) => ({
  data: { appUninstall: { app: null, userErrors: codes.map((code) => ({ code, field: null, message: "…" })) } },
});

test.each([
  ["nothing", 200, said()],
  ["that the app is not installed", 200, said("APP_NOT_INSTALLED")],
  ["that there is no such app", 200, said("APP_NOT_FOUND")],
  ["that the token is dead", 401, { errors: "[API] Invalid API key or access token (unrecognized login)" }],
])("an uninstall answered with %s is done", async (_what, status, body) => {
  await expect(uninstall(status, body)).resolves.toEqual({ outcome: "revoked" });
});

test.each([
  ["another error", 200, said("USER_PERMISSIONS_INSUFFICIENT"), "provider_unavailable"],
  ["an error beside one that would be an end", 200, said("APP_NOT_FOUND", null), "provider_unavailable"],
  ["no payload", 200, { data: { appUninstall: null } }, "provider_misbehaved"],
  ["another 401", 401, { errors: "Unauthorized" }, "provider_misbehaved"],
  ["a frozen store", 402, { errors: "Unavailable Shop" }, "account_paused"],
  ["a locked store", 423, { errors: [{ message: "Locked" }] }, "account_paused"],
  ["a 423 of nobody known", 423, "", "provider_misbehaved"],
  ["a page with 402", 402, "<h1>Payment required</h1>", "provider_misbehaved"],
  ["another's JSON with 402", 402, { error: "quota" }, "provider_misbehaved"],
  ["another's JSON with 423", 423, { message: "Locked" }, "provider_misbehaved"],
  ["a store that is gone", 404, { errors: "Not Found" }, "account_paused"],
  ["the page of a store that is gone", 404, "<h1>Sorry, this shop is currently unavailable.</h1>", "account_paused"],
])("an uninstall answered with %s is not", async (...[, status, body, code]) => {
  await expect(uninstall(status, body)).rejects.toMatchObject({ code });
});

test("a user is led to the apps of that very store", () => {
  const provider = oauth(
    shopifySpec,
    client({ secrets: ["hush"] }),
    gateOf(() => ({ status: 500, text: "" })),
  );
  expect(provider.manageUrl?.(place)).toBe("https://admin.shopify.com/store/acme-goods/settings/apps");
  expect(provider.manageUrl?.({})).toBe("https://admin.shopify.com");
});
