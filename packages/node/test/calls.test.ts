import { expect, test } from "vitest";
import { createPatchbay, type Patchbay } from "../src/index.ts";
import { serve } from "./server.ts";

const key = "a key of a back end, long enough".replaceAll(" ", "-");
const connection = { id: 7, provider: "acme", status: "active", color: "blue" };
const session = {
  id: "cs_1",
  status: "open",
  url: "https://connect.example.com/connect#pbcs_1",
  expiresAt: "2026-12-01",
};
const token = {
  connection: 7,
  provider: "acme",
  type: "bearer",
  api: { baseUrl: "https://acme.example", headers: {} },
};
const lent = { ...token, session: "1Aa", lease: { id: "one", until: "2026-12-01" } };
const receipt = { id: 7, revocations: [{ outcome: "revoked" }] };
const user = { id: "usr_812", name: "Ada" };

type Call = [
  name: string,
  call: (patchbay: Patchbay) => Promise<unknown>,
  request: string,
  body: unknown,
  answer: unknown,
];

test.each<Call>([
  ["sessions.create", ({ sessions }) => sessions.create({ user }), "POST connect/sessions", { user }, session],
  ["sessions.get", ({ sessions }) => sessions.get("cs_1"), "GET connect/sessions/cs_1", undefined, session],
  ["sessions.cancel", ({ sessions }) => sessions.cancel("cs_1"), "DELETE connect/sessions/cs_1", undefined, session],
  [
    "sessions.complete",
    ({ sessions }) => sessions.complete("cs_1", { connectCode: "code", user: "usr_812" }),
    "POST connect/sessions/cs_1/complete",
    { connectCode: "code", user: "usr_812" },
    { connection, created: true },
  ],
  [
    "connections.list",
    ({ connections }) => connections.list({ user: "a b", tags: { plan: "pro" }, tenant: undefined, limit: 5 }),
    "GET connections?user=a+b&limit=5&tag.plan=pro",
    undefined,
    { connections: [connection], nextCursor: null },
  ],
  ["connections.get", ({ connections }) => connections.get(7), "GET connections/7", undefined, connection],
  [
    "connections.update",
    ({ connections }) => connections.update(7, { label: null }),
    "PATCH connections/7",
    { label: null },
    connection,
  ],
  ["connections.delete", ({ connections }) => connections.delete(7), "DELETE connections/7", undefined, receipt],
  ["connections.check", ({ connections }) => connections.check(7), "POST connections/7/check", undefined, connection],
  [
    "connections.approve",
    ({ connections }) => connections.approve(7),
    "POST connections/7/approve",
    undefined,
    connection,
  ],
  ["connections.token", ({ connections }) => connections.token(7), "POST connections/7/token", undefined, token],
  [
    "connections.borrow",
    ({ connections }) => connections.borrow(7, { lease: "one" }),
    "POST connections/7/token",
    { lease: "one" },
    lent,
  ],
  ["users.erase", ({ users }) => users.erase("a/b"), "DELETE users/a%2Fb", undefined, { receipts: [receipt] }],
])("%s sends its request and gives the answer with every field", async (_name, call, ...[request, body, answer]) => {
  const { url, got } = await serve({ json: answer });
  expect(await call(createPatchbay({ url, key }))).toEqual(answer);
  const [sent] = got;
  expect(`${sent?.method} ${sent?.url}`).toBe(request.replace(" ", " /api/v1/"));
  expect(sent?.body === "" ? undefined : JSON.parse(sent?.body ?? "")).toEqual(body);
  expect(sent?.headers.authorization).toBe(`Bearer ${key}`);
  expect(sent?.headers["content-type"]).toBe(body === undefined ? undefined : "application/json");
});

test("sessions.create sends the idempotency key that it is given", async () => {
  const { url, got } = await serve({ status: 201, json: session });
  await createPatchbay({ url, key }).sessions.create({ user }, { idempotencyKey: "once" });
  expect(got[0]?.headers["idempotency-key"]).toBe("once");
});

test("connections.listAll asks for a page when it is needed, until there is none", async () => {
  const page = (id: number, nextCursor: string | null) => ({
    json: { connections: [{ ...connection, id }], nextCursor },
  });
  const { url, got } = await serve(page(1, "after 1"), page(2, "after 2"), page(3, null));
  const ids: number[] = [];
  for await (const { id } of createPatchbay({ url, key }).connections.listAll({ user: "usr_812" })) {
    ids.push(id);
    expect(got).toHaveLength(ids.length);
  }
  expect(ids).toEqual([1, 2, 3]);
  expect(got.map((request) => request.url?.replace("/api/v1/connections?user=usr_812", ""))).toEqual([
    "",
    "&cursor=after+1",
    "&cursor=after+2",
  ]);
});

test.each(["", ".", ".."])("the id %j is refused before anything is sent", async (id) => {
  const { url, got } = await serve();
  await expect(createPatchbay({ url, key }).users.erase(id)).rejects.toMatchObject({
    name: "PatchbayError",
    code: "invalid_request",
    field: "id",
  });
  expect(got).toEqual([]);
});
