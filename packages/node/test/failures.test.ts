import { inspect } from "node:util";
import { expect, test } from "vitest";
import { createPatchbay, PatchbayError, type PatchbayOptions } from "../src/index.ts";
import { serve, type Answer, type Given } from "./server.ts";

const key = "a-key-that-no-error-may-show-to-anybody";
const connection = { id: 7, provider: "acme", status: "active" };
const session = { id: "cs_1", status: "open", url: "https://connect.example.com", expiresAt: "2026-12-01" };
const busy = (retryAfter?: number, status = 429): Given => ({
  status,
  json: { code: "too_many_requests", message: "Too many requests." },
  ...(retryAfter !== undefined && { headers: { "retry-after": String(retryAfter) } }),
});
/** An answer that cuts the connection off. */
const cutOff = (response: { destroy(): void }) => response.destroy();

/** The error that a call ends with. Whatever it is, it does not show the key. */
async function failureOf(call: Promise<unknown>): Promise<PatchbayError> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(PatchbayError);
  expect(`${inspect(error, { depth: 9, showHidden: true })}${JSON.stringify(error)}`).not.toContain(key);
  return error as PatchbayError;
}

const connect = (url: string, options: Partial<PatchbayOptions> = {}) => createPatchbay({ url, key, ...options });

test("a failure has the code, the sentence, the field and the reason of Patchbay's answer", async () => {
  const json = { code: "needs_reconnect", message: "Please reconnect.", reason: "grant_ended", field: "connection" };
  const { url } = await serve({ status: 409, json, headers: { "retry-after": "30" } });
  expect(await failureOf(connect(url).connections.token(7))).toMatchObject({
    name: "PatchbayError",
    code: "needs_reconnect",
    status: 409,
    message: "Please reconnect.",
    reason: "grant_ended",
    field: "connection",
    retryAfter: 30,
  });
});

test.each<[string, Given]>([
  ["a page in place of JSON", { text: "<html>" }],
  ["an empty answer", { text: "" }],
  ["a failure without a code", { status: 502, text: "Bad Gateway" }],
  ["a redirect", { status: 302, headers: { location: "https://elsewhere.example" } }],
  ["JSON of another form", { json: { id: "7", provider: "acme", status: "active" } }],
  ["JSON null", { text: "null" }],
])("%s is an unexpected answer", async (_what, answer) => {
  const { url, got } = await serve(answer);
  expect(await failureOf(connect(url).connections.get(7))).toMatchObject({ code: "unexpected_answer" });
  expect(got).toHaveLength(1);
});

test.each<[string, Record<string, unknown>]>([
  ["no address of the API", { headers: {} }],
  ["no headers", { baseUrl: "https://acme.example" }],
  ["headers that are a list", { baseUrl: "https://acme.example", headers: [] }],
])("a token with %s is an unexpected answer", async (_what, api) => {
  const { url } = await serve({ json: { connection: 7, provider: "acme", type: "bearer", api } });
  expect(await failureOf(connect(url).connections.token(7))).toMatchObject({ code: "unexpected_answer" });
});

test.each<[string, Answer]>([
  ["429 with Retry-After", busy(0)],
  ["503 with Retry-After", busy(0, 503)],
  ["a connection that is cut off", cutOff],
])("a read is repeated after %s", async (_what, answer) => {
  const { url, got } = await serve(answer, answer, { json: connection });
  expect(await connect(url).connections.get(7)).toEqual(connection);
  expect(got).toHaveLength(3);
});

test("a read is repeated twice, and no more", async () => {
  const { url, got } = await serve(busy(0));
  expect(await failureOf(connect(url).connections.get(7))).toMatchObject({ code: "too_many_requests", retryAfter: 0 });
  expect(got).toHaveLength(3);
});

test("a read is not repeated if maxRetries is 0", async () => {
  const { url, got } = await serve(busy(0));
  await failureOf(connect(url, { maxRetries: 0 }).connections.get(7));
  expect(got).toHaveLength(1);
});

test.each<[string, Given]>([
  ["after a longer wait than ten seconds", busy(11)],
  ["without Retry-After", busy(undefined, 503)],
  ["after another failure", { ...busy(0), status: 500 }],
])("a read is not repeated %s", async (_what, answer) => {
  const { url, got } = await serve(answer);
  await failureOf(connect(url).connections.get(7));
  expect(got).toHaveLength(1);
});

test("a repeated read waits for the seconds of Retry-After", async () => {
  const { url } = await serve(busy(1), { json: connection });
  const began = performance.now();
  await connect(url).connections.get(7);
  expect(performance.now() - began).toBeGreaterThan(990);
});

test("a session that may have been made is asked for again with the same idempotency key", async () => {
  const user = { id: "usr_812" };
  const { url, got } = await serve(cutOff, { json: session });
  await connect(url).sessions.create({ user });
  await connect(url).sessions.create({ user });
  await connect(url).sessions.create({ user }, { idempotencyKey: "once" });
  const [first, again, ...others] = got.map(({ headers }) => headers["idempotency-key"]);
  expect(first).toMatch(/^[\da-f-]{36}$/);
  expect(again).toBe(first);
  expect(others).toEqual([expect.not.stringContaining(String(first)), "once"]);
});

test("a completion is asked for again, since the same values give the same answer", async () => {
  const { url, got } = await serve(cutOff, busy(0, 503), { json: { connection, created: true } });
  await connect(url).sessions.complete("cs_1", { connectCode: "code", user: "usr_812" });
  expect(got).toHaveLength(3);
});

test.each<[string, (patchbay: ReturnType<typeof connect>) => Promise<unknown>]>([
  ["a token", ({ connections }) => connections.token(7)],
  ["a session's end", ({ sessions }) => sessions.cancel("cs_1")],
  ["an erasure", ({ users }) => users.erase("usr_812")],
  ["a disconnect", ({ connections }) => connections.delete(7)],
  ["a change", ({ connections }) => connections.update(7, { tags: {} })],
])("%s is never asked for twice by itself", async (_what, call) => {
  const { url, got } = await serve(busy(0));
  await failureOf(call(connect(url)));
  expect(got).toHaveLength(1);
});

test("an address where nothing listens is unreachable", async () => {
  const error = await failureOf(connect("http://127.0.0.1:1", { maxRetries: 0 }).connections.get(7));
  expect(error).toMatchObject({ code: "unreachable", status: undefined });
});

test.each<[string, Answer]>([
  ["no answer", () => undefined],
  ["half an answer", (response) => response.writeHead(200).write('{ "id"')],
])("%s in time is timed out", async (_what, answer) => {
  const { url, got } = await serve(answer);
  const patchbay = connect(url, { timeoutMs: 100, maxRetries: 1 });
  expect(await failureOf(patchbay.connections.get(7))).toMatchObject({ code: "timed_out", status: undefined });
  expect(got).toHaveLength(2);
});

test.each(["", "two words", `${key}\n`, `${key}é`])(
  "the key %j is refused with a sentence that does not quote it",
  (wrong) => {
    expect(() => connect("http://localhost", { key: wrong })).toThrow(/^key must be a service key/);
  },
);

test.each([
  "",
  "connect.example.com",
  "ftp://connect.example.com",
  "https://u:p@connect.example.com",
  "https://a.example/b",
])("the url %j is refused", (url) => {
  expect(() => connect(url)).toThrow(/^url must be the address of Patchbay/);
});

test("a client shows its key to nobody who prints it", () => {
  expect(inspect(connect("http://localhost"), { depth: 9, showHidden: true })).not.toContain(key);
});
