import { describe, expect, test } from "vitest";
import { entryWithRights, newKey } from "../harness/back-end.ts";
import { openWorld } from "../harness/open-world.ts";
import { raw } from "../harness/raw.ts";
import { createProduct, productUrl } from "../harness/visit.ts";

const key = newKey();
const friend = "https://friend.example";
const world = await openWorld({
  env: {
    SERVICE_KEYS: entryWithRights("shop.backend", key, { rights: ["read", "token", "connect", "manage"] }),
    CONNECT_RETURN_URLS: productUrl,
    ALLOWED_ORIGINS: friend,
  },
});
const product = createProduct(world, key);

describe("another site", () => {
  test("106. another site opens no link in a user's browser", async () => {
    const session = await product.create("usr_1");
    const body = JSON.stringify({ token: session.token });
    const open = (headers: Record<string, string>) =>
      raw(`${world.url}/api/v1/connect/open`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
      });
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { origin: new URL(productUrl).origin, "sec-fetch-site": "same-site" },
    ]) {
      const answer = await open(headers);
      expect([answer.status, answer.headers["set-cookie"]]).toEqual([403, undefined]);
    }
    expect((await product.state(session)).json["status"]).toBe("open");
    expect((await open({ origin: world.url, "sec-fetch-site": "same-origin" })).status).toBe(200);
  });

  test("106. no site, not even an allowed one, reads the back-end API from a browser", async () => {
    const { backEnd } = product;
    for (const path of ["/api/v1/connections", "/api/v1/connect/sessions", "/api/v1/connections/1/token"])
      for (const origin of ["https://evil.example", friend, world.url, new URL(productUrl).origin]) {
        const preflight = await raw(world.url + path, {
          method: "OPTIONS",
          headers: {
            origin,
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization",
          },
        });
        const sent = await backEnd.send(path, { method: "POST", headers: { origin } });
        for (const { status, headers } of [preflight, sent]) {
          expect([path, origin, status]).toEqual([path, origin, expect.toBeOneOf([401, 403])]);
          expect(headers["access-control-allow-origin"]).toBeUndefined();
          expect(headers["access-control-allow-headers"]).toBeUndefined();
        }
      }
  });
});
