import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createProviderHttp } from "../http/index.ts";
import { createRegistry } from "../providers/index.ts";
import { createSeals, createVault, readKeyring } from "../vault/index.ts";
import type { AttemptStore, NewAttempt } from "./attempt-store.ts";
import { createConnect } from "./connect.ts";
import type { LoginStore } from "./login-store.ts";

const seals = createSeals(createVault(readKeyring(`k:${randomBytes(32).toString("base64")}`)));
const client = { id: "id", secret: "not a real secret", mode: "live", redirectUri: "https://app.example.com/callback" };
const registry = createRegistry({ calendly: client, zoom: client }, createProviderHttp());

const unused = () => Promise.reject(new Error("not asked for here"));

/** Begins so many attempts. Gives the addresses, and what was to be stored. */
async function beginMany(provider: string, count: number): Promise<{ addresses: URL[]; stored: NewAttempt[] }> {
  const stored: NewAttempt[] = [];
  const attempts: AttemptStore = {
    create: async (_caller, attempt) => void stored.push(attempt),
    acceptResponse: unused,
    claim: unused,
    getProvider: unused,
    getOutcome: unused,
    complete: unused,
    fail: unused,
    failWithGrant: unused,
  };
  const walks: LoginStore = {
    create: unused,
    acquire: unused,
    saveStep: unused,
    countCode: unused,
    countWrongAnswer: unused,
    release: unused,
    listOverdue: unused,
    delete: unused,
  };
  const { begin } = createConnect({ registry, attempts, logins: walks, seals });
  const caller = { session: "canary-session", browser: Buffer.from("canary-browser") };
  const addresses: URL[] = [];
  for (let turn = 0; turn < count; turn++) {
    const begun = await begin(caller, { provider, values: {} });
    if (begun.type === "redirect") addresses.push(begun.to);
  }
  return { addresses, stored };
}

describe("22. of ten thousand states", async () => {
  const { addresses, stored } = await beginMany("zoom", 10_000);
  const states = addresses.map((to) => to.searchParams.get("state") ?? "");
  const bytes = states.map((state) => Buffer.from(state, "base64url"));

  test("each has 256 bits, and no two are the same", () => {
    expect(states.every((state) => /^[\w-]{43}$/.test(state))).toBe(true);
    expect(new Set(states).size).toBe(10_000);
    expect(new Set(addresses.map((to) => to.searchParams.get("code_challenge"))).size).toBe(10_000);
  });

  test("each bit is as often set as not: there is no clock, counter or version in them", () => {
    const ones = Array.from({ length: 256 }, () => 0);
    for (const state of bytes) {
      for (let bit = 0; bit < 256; bit++) ones[bit] = (ones[bit] ?? 0) + (((state[bit >> 3] ?? 0) >> (bit & 7)) & 1);
    }
    // Six standard deviations of a fair coin.
    for (const [bit, count] of ones.entries()) expect(Math.abs(count - 5_000), `bit ${bit}`).toBeLessThan(300);
  });

  test("the next is not told by the last: they neither rise nor share a beginning", () => {
    const rises = states.filter((state, at) => at > 0 && state > (states[at - 1] ?? "")).length;
    expect(Math.abs(rises - 5_000)).toBeLessThan(300);
    const beginnings = new Set(states.map((state) => state.slice(0, 8)));
    expect(beginnings.size).toBe(10_000);
  });

  test("none is stored: neither it nor the session nor the browser can be read from what is", () => {
    for (const [at, { id, notes }] of stored.slice(0, 100).entries()) {
      const kept = Buffer.concat([id, notes]).toString("latin1");
      expect(kept).not.toContain(states[at]);
      expect(id.equals(bytes[at] ?? Buffer.alloc(0))).toBe(false);
      expect(addresses[at]?.href).not.toMatch(/canary/);
    }
  });
});
