import { mkdtempSync, mkdirSync, writeFileSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { pagePaths } from "../../src/page/page.ts";
import { openWorld } from "../harness/open-world.ts";
import { newcomer } from "../harness/probe.ts";
import { raw, rawBytes } from "../harness/raw.ts";

const world = await openWorld();
const directory = mkdtempSync(join(tmpdir(), "patchbay-page-"));
mkdirSync(join(directory, "assets"));
writeFileSync(join(directory, "index.html"), "<!doctype html><title>the page</title>");
/** A process that has a built page. */
const page = await world.another({ pageDirectory: directory });
afterAll(() => page.stop());

const codeOf = (text: string): unknown => (JSON.parse(text) as { code?: unknown }).code;
const host = () => world.config.publicUrl.host;

test("88. a path is one of ours as it is written, and in no other way", async () => {
  const browser = await newcomer(world);
  const paths = [
    "/api/v1/channels/",
    "/api/v1/channels/zoom/auth",
    "/api/v1/channels/zoom/callback?state=x&code=x",
    "/api/v1/connections/?user=x",
    "/api/trpc/connections.list",
    "/healthz",
    "/readyz",
  ];
  for (const path of paths) {
    expect([path, (await raw(world.url + path, { browser })).status]).not.toEqual([path, 404]);
    for (const other of [
      path.replace("/api", "/API"),
      path.replace(/(channels|connections|health|ready)/, (word) => word.toUpperCase()),
    ]) {
      if (other === path) continue;
      const { status } = await raw(world.url + other, { browser });
      expect([other, status]).toEqual([other, 404]);
    }
  }
  for (const path of [
    "/api/v1/webhooks/ZOOM",
    "/api/v1/WEBHOOKS/zoom",
    "/api/auth/SIGN-IN/email",
    "/api/AUTH/sign-in/email",
  ]) {
    const headers = { "content-type": "application/json" };
    const { status } = await raw(world.url + path, { method: "POST", headers, body: "{}" });
    expect([path, status]).toEqual([path, 404]);
  }
});

test("TRACE is refused everywhere, and a method that a path does not take is no page", async () => {
  for (const path of [
    "/",
    "/api/trpc/x",
    "/api/auth/sign-in/email",
    "/api/v1/channels/",
    "/integrations",
    "/api/v1/webhooks/zoom",
  ]) {
    const { status, headers, text } = await raw(world.url + path, { method: "TRACE", headers: { cookie: "a=canary" } });
    expect([path, status, codeOf(text)]).toEqual([path, 405, "method_not_allowed"]);
    expect(headers.allow).toBe("GET, HEAD, POST");
    expect(text).not.toContain("canary");
  }
  for (const [method, path] of [
    ["POST", "//x"],
    ["POST", "/x"],
    ["PUT", "/integrations"],
    ["DELETE", "/api/v1/channels/"],
  ] as const) {
    const { status, headers, text } = await raw(page.url + path, { method, headers: { host: host() } });
    expect([method, path, status, codeOf(text)]).toEqual([method, path, 404, "not_found"]);
    expect(headers["content-type"]).toContain("application/json");
  }
  for (const line of [
    "OPTIONS * HTTP/1.1",
    "GET m://x HTTP/1.1",
    "GET http://h/x HTTP/1.1",
    "GET //evil.example/ HTTP/1.1",
  ]) {
    const answer = await rawBytes(world.url, `${line}\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`);
    expect([line, answer]).toEqual([line, expect.stringMatching(/^HTTP\/1.1 4\d\d /)]);
    expect([line, answer.includes("<pre>"), /location:/i.test(answer)]).toEqual([line, false, false]);
  }
});

describe("the page", () => {
  const person = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

  test("the page is there at its own paths, and nowhere else", async () => {
    for (const path of pagePaths) {
      const { status, text } = await raw(page.url + path, { headers: { host: host() } });
      expect([path, status, text.includes("the page")]).toEqual([path, 200, true]);
    }
    for (const path of ["/integrationz", "/integrations/", "/INTEGRATIONS", "/wp-login.php", "/.env", "/admin/x"]) {
      const seen = await raw(page.url + path, { headers: { host: host(), ...person } });
      expect([path, seen.status, seen.text.includes("the page")]).toEqual([path, 404, true]);
      expect(seen.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      const program = await raw(page.url + path, { headers: { host: host(), accept: "*/*" } });
      expect([path, program.status, codeOf(program.text)]).toEqual([path, 404, "not_found"]);
      expect([path, (await raw(page.url + path, { method: "HEAD", headers: { host: host() } })).status]).toEqual([
        path,
        404,
      ]);
    }
  });

  test("the page has no path that the API does not know", () => {
    const source = readFileSync(new URL("../../../web/src/app.tsx", import.meta.url), "utf8");
    const paths = [...source.matchAll(/^ {2}"(\/[^"]*)": async/gm)].map(([, path]) => path);
    expect(paths.length).toBeGreaterThan(1);
    expect(new Set(paths)).toEqual(new Set(pagePaths));
  });
});

test("an answer that may differ by origin says so in Vary, from the fast path and from Express", async () => {
  const browser = await newcomer(world);
  const batch = "/api/trpc/connections.list?batch=1&input=%7B%7D";
  for (const path of [
    batch,
    "/api/trpc/connections.list",
    "/api/trpc/nothing",
    "/api/v1/channels/",
    "/api/auth/sign-out",
  ]) {
    for (const headers of [{}, { "sec-purpose": "none" }, { origin: world.url }]) {
      const method = path.includes("sign-out") ? "POST" : "GET";
      const { headers: answered } = await raw(world.url + path, { browser, method, headers });
      expect([path, headers, answered.vary?.split(/, */)]).toEqual([path, headers, expect.arrayContaining(["Origin"])]);
    }
  }
});
