import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { appOrigin, bench, parameter, withQuery } from "./harness.ts";

const sandbox = bench();

describe("an installation that starts in Shopify's App Store", () => {
  const link = "/admin.shopify.com/oauth/install?client_id=sandbox-shopify";

  /** What a signed request of Shopify holds, and whether its signature is right. */
  const read = (url: URL) => {
    const { hmac = "", ...rest } = Object.fromEntries(url.searchParams);
    const message = Object.keys(rest)
      .sort()
      .map((name) => `${name}=${rest[name]}`)
      .join("&");
    const right = createHmac("sha256", "shpss_sandbox_7c1e94b0d2f85a6e3b19").update(message).digest("hex");
    return { ...rest, isSigned: hmac === right };
  };

  it("an installation from Shopify's App Store asks for the store and opens the app, signed, without a code or a state", async () => {
    const page = await sandbox.get(link);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("acme-goods.myshopify.com")]);
    const opened = await sandbox.consent(link, { person: "nora" });
    expect(opened.href.startsWith(`${appOrigin}/?`)).toBe(true);
    expect(read(opened)).toEqual({
      host: "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvYWNtZS1nb29kcw",
      shop: "acme-goods.myshopify.com",
      timestamp: expect.stringMatching(/^\d{10}$/),
      isSigned: true,
    });
    expect(await sandbox.read("grants?provider=shopify")).toEqual([]);
  });

  it("an installation from Shopify's App Store has a link of each store, and its App URL can be set, or altered after signing", async () => {
    await sandbox.control("set", { provider: "shopify", appUrl: `${appOrigin}/start`, returns: { shop: "x" } });
    const path = "/acme-outlet.myshopify.com/admin/oauth/install_custom_app?client_id=sandbox-shopify";
    const opened = new URL((await sandbox.get(path)).headers.get("location") ?? "");
    expect(opened.pathname).toBe("/start");
    expect(read(opened)).toMatchObject({ shop: "x", isSigned: false });
    expect((await sandbox.get("/nobody-here.myshopify.com/admin/oauth/install_custom_app")).status).toBe(400);
    expect((await sandbox.form(link, { person: "nobody" })).status).toBe(400);
  });
});

describe("an installation that starts in Zoom's Marketplace", () => {
  it("an installation from Zoom's Marketplace returns a code without any state", async () => {
    const to = (await sandbox.get("/marketplace.zoom.us/apps/sandbox-zoom")).headers.get("location") ?? "";
    const redirect_uri = `${appOrigin}/api/v1/channels/zoom/callback`;
    const asked = { client_id: "sandbox-zoom", response_type: "code", redirect_uri };
    expect(to).toBe(withQuery("/zoom.us/oauth/authorize", asked));
    const back = await sandbox.consent(to, { person: "priya", decision: "allow" });
    expect([...back.searchParams.keys()]).toEqual(["code"]);
    expect(parameter(back, "code")).not.toBe("");
  });
});

describe("the front page", () => {
  it("the front page leads to the installations of both providers", async () => {
    const page = await (await sandbox.get("/")).text();
    for (const link of ["/admin.shopify.com/oauth/install?client_id=sandbox-shopify", "/marketplace.zoom.us/apps/"])
      expect(page).toContain(link);
  });
});
