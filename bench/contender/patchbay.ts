import { createHmac } from "node:crypto";
import { patchbayEnv, patchbayScript } from "../world/patchbay.ts";
import { browserOf, nthUser, sessionToken, signed, zoomConnection } from "../world/people.ts";
import { authSecret, serviceKey, webhookSecret } from "../world/secrets.ts";
import type { Ask, Contender, Sent, Walk } from "./contender.ts";
import { expectJson, queryOf, redirectOf, requireThat } from "./prove.ts";

const cookies = new Map<number, string>();

/** The cookies of a signed-in browser. */
export function cookieOf(user: number): string {
  const known = cookies.get(user);
  if (known !== undefined) return known;
  const made = `patchbay.session_token=${signed(sessionToken(user), authSecret)}; patchbay-browser=${browserOf(user)}`;
  cookies.set(user, made);
  return made;
}

/** How Patchbay is asked, and the floor after it. */
export function patchbayAsks(users: number): Record<"A" | "C" | "D" | "F", Ask> {
  const cookie = (nth: number) => ({ cookie: cookieOf(nthUser(nth, users)) });
  return {
    A: {
      status: 302,
      request: (nth) => ({ method: "GET", path: "/api/v1/channels/zoom/auth", headers: cookie(nth) }),
      prove: (answer) => requireThat(queryOf(redirectOf(answer)).has("code_challenge"), "an authorization address"),
    },
    C: {
      status: 200,
      request: (nth) => ({ method: "GET", path: listPath, headers: cookie(nth) }),
      prove: (answer) => {
        const [first] = expectJson(answer) as [{ result: { data: unknown[] } }];
        requireThat(first.result.data.length === 5, "five accounts");
      },
    },
    D: handOutAsk(users, "v1"),
    F: { status: 200, request: webhook, prove: (answer) => requireThat(answer.body.includes("true"), "received") },
  };
}

/** As the page asks: tRPC's client sends its calls as batches. */
export const listPath = "/api/trpc/connections.list?batch=1&input=%7B%7D";

const authorization = `Bearer ${serviceKey}`;

/** The token of a user's connection. */
export const tokenRequest = (connection: number, version = "v1"): Sent => ({
  method: "POST",
  path: `/api/${version}/connections/${connection}/token`,
  headers: { authorization },
});

export function handOutAsk(users: number, version: string): Ask {
  return {
    status: 200,
    request: (nth) => tokenRequest(zoomConnection(nthUser(nth, users)), version),
    prove: (answer) =>
      requireThat((expectJson(answer) as { accessToken: string }).accessToken.startsWith("at."), "an access token"),
  };
}

/** Keeps the events of this run apart from those of every other. */
const run = Date.now().toString(36);

/** An event that nothing is to be done about, of the size that is usual. */
export function webhook(nth: number): Sent {
  const object = { id: `ch_${nth}`, object: "charge", amount: 2000, currency: "eur", description: "x".repeat(900) };
  const event = {
    id: `evt_${run}_${nth}`,
    object: "event",
    type: "charge.succeeded",
    livemode: false,
    data: { object },
  };
  const body = JSON.stringify(event);
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", webhookSecret).update(`${time}.${body}`).digest("hex");
  const headers = { "content-type": "application/json", "stripe-signature": `t=${time},v1=${signature}` };
  return { method: "POST", path: "/api/v1/webhooks/stripe", headers, body };
}

/** A whole connect at Zoom: begin, the provider's return, and the page's request. */
export function zoomWalk(users: number): Walk {
  return async (nth, send) => {
    const headers = { cookie: cookieOf(nthUser(nth, users)) };
    const begun = await send({ method: "GET", path: "/api/v1/channels/zoom/auth", headers });
    const state = queryOf(redirectOf(begun)).get("state") ?? "";
    const returned = new URLSearchParams({ code: accountOf(nth), state }).toString();
    const landed = await send({ method: "GET", path: `/api/v1/channels/zoom/callback?${returned}`, headers });
    const authCode = queryOf(redirectOf(landed)).get("zoom_code") ?? "";
    const posted = {
      method: "POST",
      path: "/api/v1/channels/zoom/connect",
      body: JSON.stringify({ authCode }),
    } as const;
    const done = await send({ ...posted, headers: { ...headers, "content-type": "application/json" } });
    requireThat((expectJson(done) as { success: boolean }).success, "a connection");
  };
}

/** PayPal's return finishes at once. */
export function paypalWalk(users: number): Walk {
  return async (nth, send) => {
    const headers = { cookie: cookieOf(nthUser(nth, users)) };
    const begun = await send({ method: "GET", path: "/api/v1/channels/paypal/auth", headers });
    const state = queryOf(redirectOf(begun)).get("state") ?? "";
    const returned = new URLSearchParams({ code: accountOf(nth), state }).toString();
    const landed = await send({ method: "GET", path: `/api/v1/channels/paypal/connect?${returned}`, headers });
    requireThat(queryOf(redirectOf(landed)).get("paypal") === "success", "a connection");
  };
}

/** The account that the nth connect is about: one that nobody has yet. The mock provider's codes name it. */
export const accountOf = (nth: number): string => `b${run}x${nth}`;

/** Patchbay as in production. It has nobody to call, so it does not connect. */
export const patchbay = (users: number): Contender => ({
  name: "Patchbay",
  database: "patchbay",
  script: patchbayScript,
  ready: "/readyz",
  env: ({ databaseUrl, publicUrl }) => patchbayEnv({ databaseUrl, publicUrl }),
  prepare: (database, { template }) => database.createDatabase("patchbay", template),
  asks: patchbayAsks(users),
  sweep: { A: "truncate attempt" },
});

/** Patchbay with the mock provider in place of the real ones, which it takes for a sandbox. */
export const patchbayConnecting = (users: number): Contender => ({
  ...patchbay(users),
  database: "patchbay_connecting",
  env: patchbayEnv,
  prepare: (database, { template }) => database.createDatabase("patchbay_connecting", template),
  asks: {},
  walk: zoomWalk(users),
  sweep: { B: "truncate attempt" },
});
