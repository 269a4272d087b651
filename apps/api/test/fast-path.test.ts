import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { Client } from "pg";
import { afterAll, describe, expect, test, vi } from "vitest";
import { createBackEnd, entryOf, newKey } from "./harness/back-end.ts";
import { openWorld } from "./harness/open-world.ts";
import { getSubject } from "./harness/subjects.ts";
import { connect } from "./harness/walk.ts";
import { raw } from "./harness/raw.ts";

const key = newKey();
const friend = "https://friend.example";
const zoom = getSubject("zoom");
// Each application takes a copy of this method when it is made.
const handledByExpress = vi.spyOn(express.application as unknown as { handle: RequestListener }, "handle");
/** The statements that are sent. A connection of the pool keeps the `query` that it finds when it opens. */
const sent = vi.spyOn(Client.prototype, "query");
const world = await openWorld({ env: { SERVICE_KEYS: entryOf("crm", key), ALLOWED_ORIGINS: friend } });
const browser = await world.signedIn();
const connection = (await connect(browser, zoom)).id;
afterAll(() => vi.restoreAllMocks());

const list = "/api/trpc/connections.list?batch=1&input=%7B%7D";
const begin = "/api/v1/channels/zoom/auth";
const webhook = "/api/v1/webhooks/zoom";
const token = () => `/api/v1/connections/${connection}/token`;
const withKey = { authorization: `Bearer ${key}` };
const json = { "content-type": "application/json" };

type Sent = { path: string; method?: string; headers?: Record<string, string>; body?: string };

const send = ({ path, ...rest }: Sent, origin = world.url) => raw(`${origin}${path}`, { ...rest, browser });

const hot: [string, () => Sent, number][] = [
  ["a token request", () => ({ path: token(), method: "POST", headers: withKey }), 200],
  [
    "a token request with a body",
    () => ({ path: token(), method: "POST", headers: { ...withKey, ...json }, body: "{}" }),
    200,
  ],
  ["a token request without a key", () => ({ path: token(), method: "POST" }), 401],
  [
    "a token request by a browser",
    () => ({ path: token(), method: "POST", headers: { ...withKey, origin: world.url } }),
    403,
  ],
  ["a token request by GET", () => ({ path: token(), headers: withKey }), 405],
  ["a webhook that is not signed", () => ({ path: webhook, method: "POST", body: "{}" }), 401],
  [
    "a webhook that is packed",
    () => ({ path: webhook, method: "POST", headers: { "content-encoding": "gzip" }, body: "{}" }),
    422,
  ],
  ["a webhook by GET", () => ({ path: webhook }), 404],
  ["the beginning of an attempt", () => ({ path: begin }), 302],
  [
    "the beginning of an attempt from another origin",
    () => ({ path: begin, headers: { origin: "https://evil.example" } }),
    403,
  ],
  [
    "the beginning of an attempt, prefetched",
    () => ({ path: begin, headers: { "sec-purpose": "prefetch;prerender" } }),
    503,
  ],
  ["the beginning of an attempt by HEAD", () => ({ path: begin, method: "HEAD" }), 204],
  ["the beginning of an attempt by POST", () => ({ path: begin, method: "POST" }), 405],
  [
    "a preflight for the beginning of an attempt",
    () => ({ path: begin, method: "OPTIONS", headers: { origin: friend } }),
    204,
  ],
  ["a query", () => ({ path: "/api/trpc/connections.list" }), 200],
  ["a batch of queries", () => ({ path: list }), 200],
  ["a query by HEAD", () => ({ path: list, method: "HEAD" }), 204],
  ["a query from another site", () => ({ path: list, headers: { "sec-fetch-site": "cross-site" } }), 403],
  ["a query with a body that is no JSON", () => ({ path: list, headers: { "content-length": "2" }, body: "{}" }), 422],
];

describe("a hot request", () => {
  test.each(hot)("%s is answered by its handler in front of Express", async (_name, request, status) => {
    handledByExpress.mockClear();
    const answer = await send(request());
    expect(answer.status).toBe(status);
    expect(handledByExpress).not.toHaveBeenCalled();
    expect(answer.headers).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": expect.stringContaining("default-src 'none'") as string,
      "x-request-id": expect.stringMatching(/^[\da-f-]{36}$/) as string,
      vary: "Origin",
    });
    expect(world.logged()).toContain(String(answer.headers["x-request-id"]));
  });

  test.each(hot.filter(([, , status]) => status < 400))("%s has no route in Express", async (_name, request) => {
    await send({ path: "/api/v1/channels/" });
    const app = handledByExpress.mock.contexts.at(-1) as RequestListener;
    const server = createServer(app).listen(0, "127.0.0.1");
    await once(server, "listening");
    const answer = await send(
      { ...request(), method: request().method === "POST" ? "POST" : "GET" },
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    server.close();
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([404, { code: "not_found" }]);
  });
});

test.each([
  ["the list of the REST contract", "/api/v1/channels/", "GET"],
  ["a mutation", "/api/trpc/connections.disconnect", "POST"],
  ["a query that is posted", "/api/trpc/connections.list", "POST"],
])("%s is answered by Express", async (_name, path, method) => {
  handledByExpress.mockClear();
  await send({ path, method });
  expect(handledByExpress).toHaveBeenCalledOnce();
});

describe("the queries of tRPC by GET", () => {
  const signedOut = async (path: string) => await raw(`${world.url}${path}`);
  const failuresIn = (text: string) =>
    [JSON.parse(text) as { error?: { data: { failure: string } } }[]].flat().map(({ error }) => error?.data.failure);

  test("the queries of tRPC by GET answer one call as an object, and a batch as a list, in the order of its calls", async () => {
    const single = JSON.parse((await send({ path: "/api/trpc/connections.list" })).text) as object;
    const batch = await send({ path: "/api/trpc/session.get,connections.list?batch=1&input=%7B%7D" });
    expect(JSON.parse(batch.text)).toMatchObject([{ result: { data: { signUp: "open" } } }, single]);
  });

  test("the queries of tRPC by GET answer each call of a batch for itself, with 207 where their statuses differ", async () => {
    const mixed = await signedOut("/api/trpc/providers.list,connections.list?batch=1");
    expect([mixed.status, failuresIn(mixed.text)]).toEqual([207, [undefined, "unauthenticated"]]);
    const uniform = await signedOut("/api/trpc/connections.list,connections.list?batch=1");
    expect([uniform.status, failuresIn(uniform.text)]).toEqual([401, ["unauthenticated", "unauthenticated"]]);
  });

  test.each([
    ["a mutation", "/api/trpc/connections.disconnect?batch=1&input=%7B%220%22%3A%7B%22id%22%3A1%7D%7D", 405],
    ["a subscription in a batch", "/api/trpc/connections.watch,providers.list?batch=1", 207],
    ["a procedure that does not exist", "/api/trpc/connections.nothing?batch=1&input=%7B%7D", 404],
    ["keys of a prototype", "/api/trpc/constructor,__proto__?batch=1&input=%7B%7D", 404],
    ["the commas of a batch that is none", "/api/trpc/providers.list,providers.list", 404],
    ["more than twenty calls", `/api/trpc/${"providers.list,".repeat(20)}providers.list?batch=1`, 422],
    ["a path that does not decode", "/api/trpc/%ff", 422],
    ["an input that no query reads", "/api/trpc/providers.list?batch=1&input=%7B", 200],
  ])("the queries of tRPC by GET answer %s", async (_name, path, status) => {
    expect((await send({ path })).status).toBe(status);
  });

  test("the queries of tRPC by GET answer JSON, whatever else the client accepts", async () => {
    for (const headers of [{ accept: "text/event-stream" }, { "trpc-accept": "application/jsonl" }]) {
      const answer = await send({ path: list, headers });
      expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
    }
  });

  test("the queries of tRPC by GET let an allowed origin's page read the answer", async () => {
    const { headers } = await send({ path: list, headers: { origin: friend } });
    expect(headers).toMatchObject({
      "access-control-allow-origin": friend,
      "access-control-allow-credentials": "true",
    });
  });
});

describe("the statements of a hot request", () => {
  test.each([
    ["a list", 1, () => browser.get(list)],
    ["the beginning of an attempt", 1, () => browser.get(begin)],
    ["a token", 1, () => createBackEnd(world.url, key).token(connection)],
  ])("%s costs so many statements: %i", async (_name, count, ask) => {
    await ask();
    sent.mockClear();
    const answer = await ask();
    const asked = sent.mock.calls.map(([first]: unknown[]) => JSON.stringify(first));
    expect(answer.status).toBeLessThan(400);
    expect(asked.filter((text) => !/patchbay_worker|audit_event|"worker"|insert into worker/.test(text))).toHaveLength(
      count,
    );
  });
});
