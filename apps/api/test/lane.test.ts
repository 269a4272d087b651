import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createBackEnd, entryOf, newKey } from "./harness/back-end.ts";
import type { Browser } from "./harness/browser.ts";
import { connect, subjects, type Subject } from "./harness/walk.ts";
import { raw } from "./harness/raw.ts";
import { createWorld, type World } from "./harness/world.ts";

const key = newKey();
const zoom = subjects.find(({ id }) => id === "zoom") as Subject;
/** The statements that are sent. It stands before the world opens its connections, for each keeps the `query` that it finds. */
const sent = vi.spyOn(Client.prototype, "query");

let world: World;
let browser: Browser;
let connection: number;

beforeAll(async () => {
  world = await createWorld({ env: { SERVICE_KEYS: entryOf("crm", key) } });
  browser = await world.signedIn();
  connection = (await connect(browser, zoom)).id;
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const cookie = () => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
const list = "/api/trpc/connections.list?batch=1&input=%7B%7D";
/** What sends a request the long way round, and changes nothing about its answer. */
const unusual = { "sec-purpose": "none of the known" };

type Way = { path: string; method?: string; headers?: Record<string, string>; body?: string };

async function both({ path, method = "GET", headers: given = {}, body: sent }: Way) {
  const send = (more: Record<string, string>) =>
    raw(`${world.url}${path}`, { method, headers: { ...given, ...more }, ...(sent !== undefined && { body: sent }) });
  const answers = [await send({}), await send(unusual)];
  return answers.map(({ status, text, headers: got }) => {
    // How long it is said, in which order it may vary and how its JSON is spaced is each one's own affair.
    const { "x-request-id": _id, date: _date, "content-length": _length, "transfer-encoding": _chunked, ...kept } = got;
    const { vary = "", "content-type": type = "", ...headers } = kept;
    const body = type.startsWith("application/json") ? (JSON.parse(text) as unknown) : text;
    return {
      status,
      body,
      headers: { ...headers, vary: vary.split(/, */).sort(), type: type.replace("; charset=utf-8", "") },
    };
  });
}

describe("the short way and the long way answer alike", () => {
  const single = "/api/trpc/connections.list";
  test.each([
    ["a list", list, true],
    ["a batch", "/api/trpc/session.get,providers.list,connections.list?batch=1&input=%7B%7D", true],
    ["a list without a session", list, false],
    ["a batch of which one fails", "/api/trpc/providers.list,connections.list?batch=1&input=%7B%7D", false],
    ["a call alone", single, true],
    ["a procedure that is not there", "/api/trpc/connections.nothing?batch=1&input=%7B%7D", true],
    ["a prototype's key", "/api/trpc/constructor,__proto__?batch=1&input=%7B%7D", true],
    ["an input that is no JSON", "/api/trpc/connections.list?batch=1&input=%7B", true],
    ["an input that is a list", "/api/trpc/connections.list?batch=1&input=[]", true],
    ["a mutation by GET", "/api/trpc/connections.disconnect?batch=1&input=%7B%220%22%3A%7B%22id%22%3A1%7D%7D", true],
  ])("%s", async (_name, path, signedIn) => {
    const [short, long] = await both({ path, headers: signedIn ? { cookie: cookie() } : {} });
    expect(short).toEqual(long);
  });

  test("the beginning of an attempt, but for the state", async () => {
    const headers = { cookie: cookie(), "sec-fetch-mode": "navigate" };
    const [short, long] = await both({ path: "/api/v1/channels/zoom/auth", headers });
    expect(short?.status).toBe(302);
    expect(short?.headers["location"]?.split("?")[0]).toBe(long?.headers["location"]?.split("?")[0]);
    const of = (answer: typeof short) => Object.keys(answer?.headers ?? {}).toSorted();
    expect(of(short)).toEqual(of(long));
  });

  test.each([
    ["signed out, by a program", { accept: "*/*" }],
    ["signed out, by a browser that navigates", { "sec-fetch-mode": "navigate" }],
    ["from another site", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }],
    ["from another origin", { origin: "https://evil.example" }],
  ])("the beginning of an attempt %s", async (_name, headers) => {
    const [short, long] = await both({ path: "/api/v1/channels/zoom/auth", headers });
    expect(short).toEqual(long);
  });

  test.each([
    ["that is not signed", {}],
    ["that is signed wrongly", { "x-zm-signature": `v0=${"0".repeat(64)}`, "x-zm-request-timestamp": "1795428000" }],
  ])("a webhook %s", async (_name, headers) => {
    const way = { path: "/api/v1/webhooks/zoom", method: "POST", body: "{}", headers: { ...headers } };
    const { status, text } = await raw(`${world.url}${way.path}`, way);
    const long = await raw(`${world.url}${way.path}`, {
      ...way,
      headers: { ...headers, "content-encoding": "identity" },
    });
    expect([status, text]).toEqual([401, long.text]);
  });
});

test("a list of another site's page is refused on both ways", async () => {
  const headers = { cookie: cookie(), origin: "https://evil.example" };
  const [short, long] = await both({ path: list, headers });
  expect(short).toMatchObject({ status: 403 });
  expect(short).toEqual(long);
});

test("a key that is wrong, a browser, and a body go the long way and are told the same", async () => {
  const path = `/api/v1/connections/${connection}/token`;
  expect((await createBackEnd(world.url, newKey()).token(connection)).status).toBe(401);
  const authorization = `Bearer ${key}`;
  const refused = await raw(`${world.url}${path}`, { method: "POST", headers: { authorization, origin: world.url } });
  expect(refused.status).toBe(403);
  const withBody = await raw(`${world.url}${path}`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: "{}",
  });
  expect(JSON.parse(withBody.text)).toMatchObject({ type: "bearer", connection });
});

describe("how many statements", () => {
  test.each([
    ["a list", 1, () => browser.get(list)],
    ["a beginning", 1, () => browser.get("/api/v1/channels/zoom/auth")],
    ["a credential", 1, () => createBackEnd(world.url, key).token(connection)],
  ])("%s costs: %i", async (_name, count, ask) => {
    await ask();
    sent.mockClear();
    const answer = await ask();
    const asked = sent.mock.calls.map(([first]: unknown[]) => JSON.stringify(first));
    expect(answer.status).toBeLessThan(400);
    expect(asked.filter((text) => !/graphile_worker|audit_event|"worker"|insert into worker/.test(text))).toHaveLength(
      count,
    );
  });
});
