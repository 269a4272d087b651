import type { Patchbay } from "../src/index.ts";

/** A connection with a field that the client does not know. */
export const connection = { id: 7, provider: "acme", status: "active", color: "blue" };
/** A connect session that was just made. */
export const session = {
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
/** A user of the product. */
export const user = { id: "usr_812", name: "Ada" };

type Call = [
  name: string,
  call: (patchbay: Patchbay) => Promise<unknown>,
  request: string,
  body: unknown,
  answer: unknown,
];

/** Every call of the client: the request that it sends, its body, and an answer to it. */
export const calls: readonly Call[] = [
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
    ({ connections }) => connections.list({ user: "a b", tags: { plan: "pro" }, limit: 5 }),
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
];
