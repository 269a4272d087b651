import { createHash, randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Answer, Browser } from "../harness/browser.ts";
import { openWorld } from "../harness/open-world.ts";
import { age, browserCookie, newcomer, newSecret, sessionCookie, signedToken } from "../harness/probe.ts";
import { openStream } from "../harness/stream.ts";
import { list } from "../harness/walk.ts";

const world = await openWorld({ telegram: true });

const lena = "+12025550101";
const paths = "/api/v1/channels/telegram/connect";

interface Login {
  owner: Browser;
  /** Names the attempt: with it, only the owner may go on. */
  sessionId: string;
  /** Finishes the login as the owner. */
  finish: () => Promise<Answer>;
}

async function byPhone(): Promise<Login> {
  const owner = await newcomer(world);
  const { json } = await owner.post(`${paths}/phone`, { phoneNumber: lena });
  const sessionId = String(json["sessionId"]);
  const [code] = await world.control.listCodes(lena);
  return { owner, sessionId, finish: () => owner.post(`${paths}/verify-code`, { sessionId, code }) };
}

async function byScan(): Promise<Login> {
  const owner = await newcomer(world);
  const { json } = await owner.post(`${paths}/qr`, {});
  const sessionId = String(json["sessionId"]);
  const check = () => owner.get(`${paths}/qr/check?sessionId=${sessionId}`);
  return { owner, sessionId, finish: check };
}

/** Every path that takes a step of a login or tells where it stands. Each gives the code of its refusal. */
const doors: Record<string, (browser: Browser, sessionId: string) => Promise<unknown>> = {
  "verify-code": async (browser, sessionId) =>
    (await browser.post(`${paths}/verify-code`, { sessionId, code: "00000" })).json["code"],
  "verify-2fa": async (browser, sessionId) =>
    (await browser.post(`${paths}/verify-2fa`, { sessionId, password: "guess" })).json["code"],
  "qr/check": async (browser, sessionId) => {
    const { json } = await browser.get(`${paths}/qr/check?sessionId=${sessionId}`);
    return json["status"] === "expired" ? "attempt_unknown" : json["status"];
  },
  "connect.resume": async (browser, sessionId) =>
    failureIn((await browser.post("/api/trpc/connect.resume", { attempt: sessionId, values: {} })).text),
  "connect.watch": async (browser, sessionId) => {
    const input = encodeURIComponent(JSON.stringify({ attempt: sessionId }));
    await using stream = await openStream(browser, `connect.watch?input=${input}`);
    await Promise.race([stream.ended, new Promise((resolve) => setTimeout(resolve, 10_000))]);
    return failureIn(JSON.stringify(stream.told));
  },
};

const failureIn = (text: string): string | undefined => /"failure":"(\w+)"/.exec(text)?.[1];

/** Somebody who fits a login in all but one thing, and how the world is put right again. */
interface Attacker {
  browser: Browser;
  restore?: () => Promise<unknown>;
}

const attackers: Record<string, (login: Login) => Promise<Attacker>> = {
  "another user in the owner's browser": async ({ owner }) => {
    const browser = await newcomer(world);
    browser.cookies.set(browserCookie(world), owner.cookies.get(browserCookie(world)) ?? "");
    return { browser };
  },
  "another user in a browser of their own": async () => {
    const browser = await newcomer(world);
    await browser.get("/api/v1/channels/zoom/auth");
    expect(browser.cookies.has(browserCookie(world))).toBe(true);
    return { browser };
  },
  "the owner's session in another browser": async ({ owner }) => {
    const browser = owner.copy([sessionCookie(world)]);
    browser.cookies.set(browserCookie(world), newSecret());
    return { browser };
  },
  "the owner's session without a browser": async ({ owner }) => ({ browser: owner.copy([sessionCookie(world)]) }),
  "another session of the owner's in the owner's browser": async ({ owner, sessionId }) => {
    const token = newSecret();
    await world.sql(
      `insert into session (id, token, user_id, expires_at)
       select $1, $2, user_id, now() + interval '1 hour' from attempt where id = $3`,
      [randomUUID(), token, idOf(sessionId)],
    );
    const browser = owner.copy([browserCookie(world)]);
    browser.cookies.set(sessionCookie(world), encodeURIComponent(signedToken(token, world.config.authSecret)));
    return { browser };
  },
  "the owner's session after it became another user's": async ({ owner, sessionId }) => {
    await newcomer(world);
    const give = `update session s set user_id = u.id from "user" u, attempt a
                  where a.id = $1 and s.id = a.session_id and u.id <> a.user_id
                    and u.created_at = (select max(created_at) from "user")`;
    const giveBack = "update session s set user_id = a.user_id from attempt a where a.id = $1 and s.id = a.session_id";
    await world.sql(give, [idOf(sessionId)]);
    return { browser: owner, restore: () => world.sql(giveBack, [idOf(sessionId)]) };
  },
  "the owner, after the attempt has run out": async ({ owner, sessionId }) => {
    await age(world, sessionId, "expires_at = now() - interval '1 second'");
    return { browser: owner, restore: () => age(world, sessionId, "expires_at = now() + interval '5 minutes'") };
  },
};

const idOf = (sessionId: string): Buffer => createHash("sha256").update(sessionId).digest();

describe.each(Object.entries(attackers))("11, 15, 16, 66, 71. %s", (_who, attack) => {
  test.each([
    ["a code that was sent", byPhone, "success"],
    ["a code to scan", byScan, "pending"],
  ] as const)("takes no step of a login by %s, sees nothing of it, and changes nothing", async (_by, begin, goesOn) => {
    const login = await begin();
    const { browser, restore } = await attack(login);
    const told: Record<string, unknown> = {};
    for (const [door, knock] of Object.entries(doors)) told[door] = await knock(browser, login.sessionId);
    expect(told).toEqual(Object.fromEntries(Object.keys(doors).map((door) => [door, "attempt_unknown"])));
    await restore?.();
    expect(await list(login.owner)).toEqual([]);
    const { json } = await login.finish();
    expect(json["success"] === true ? "success" : json["status"]).toBe(goesOn);
  });
});
