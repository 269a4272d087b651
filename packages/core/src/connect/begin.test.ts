import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ConnectError } from "../errors.ts";
import { createProviderHttp } from "../http/index.ts";
import { createRegistry } from "../providers/index.ts";
import { createSeals, createVault, readKeyring } from "../vault/index.ts";
import type { AttemptStore, NewAttempt } from "./attempt-store.ts";
import { createConnect } from "./connect.ts";

const seals = createSeals(createVault(readKeyring(`k:${randomBytes(32).toString("base64")}`)));
const client = { id: "id", secret: "not a real secret", mode: "live", redirectUri: "https://app.example.com/callback" };
const registry = createRegistry({ calendly: client, zoom: client }, createProviderHttp());

/** Begins `count` attempts. Gives the addresses that browsers are sent to, and what was stored. */
async function beginMany(provider: string, count: number): Promise<{ addresses: URL[]; stored: NewAttempt[] }> {
  const stored: NewAttempt[] = [];
  const create: AttemptStore["create"] = async (_caller, attempt) => {
    stored.push(attempt);
    return { ...attempt, version: 0, expiresAt: new Date(), completedIn: null };
  };
  const attempts = { create } as Partial<AttemptStore> as AttemptStore;
  const { begin } = createConnect({ registry, attempts, seals });
  const caller = { session: "canary-session", browser: Buffer.from("canary-browser") };
  const addresses: URL[] = [];
  for (let turn = 0; turn < count; turn++) {
    const begun = await begin(caller, { provider, values: {} });
    if (begun.type === "redirect") addresses.push(begun.to);
  }
  return { addresses, stored };
}

describe("22. ten thousand states of new attempts", async () => {
  const { addresses, stored } = await beginMany("zoom", 10_000);
  const states = addresses.map((to) => to.searchParams.get("state") ?? "");
  const bytes = states.map((state) => Buffer.from(state, "base64url"));

  test("each of ten thousand states has 256 bits, and no two are the same", () => {
    expect(states.every((state) => /^[\w-]{43}$/.test(state))).toBe(true);
    expect(new Set(states).size).toBe(10_000);
    expect(new Set(addresses.map((to) => to.searchParams.get("code_challenge"))).size).toBe(10_000);
  });

  test("each bit of a state is as often set as not: a state holds no clock, counter or version", () => {
    const ones = Array.from({ length: 256 }, () => 0);
    for (const state of bytes) {
      for (let bit = 0; bit < 256; bit++) ones[bit] = (ones[bit] ?? 0) + (((state[bit >> 3] ?? 0) >> (bit & 7)) & 1);
    }
    // Six standard deviations of a fair coin.
    for (const [bit, count] of ones.entries()) expect(Math.abs(count - 5_000), `bit ${bit}`).toBeLessThan(300);
  });

  test("a state does not tell the next one: states neither rise nor share a beginning", () => {
    const rises = states.filter((state, at) => at > 0 && state > (states[at - 1] ?? "")).length;
    expect(Math.abs(rises - 5_000)).toBeLessThan(300);
    const beginnings = new Set(states.map((state) => state.slice(0, 8)));
    expect(beginnings.size).toBe(10_000);
  });

  test("a stored attempt holds neither the state nor the session nor the browser", () => {
    for (const [at, { id, providerState }] of stored.slice(0, 100).entries()) {
      const kept = Buffer.concat([id, providerState]).toString("latin1");
      expect(kept).not.toContain(states[at]);
      expect(id.equals(bytes[at] ?? Buffer.alloc(0))).toBe(false);
      expect(addresses[at]?.href).not.toMatch(/canary/);
    }
  });
});

test("a provider that begins by redirect and asks for something instead is a bug of ours, and nothing is stored", async () => {
  const created: NewAttempt[] = [];
  const asking = { type: "ask", question: { name: "a", label: "A" }, subject: "s", providerState: {} } as const;
  const broken = registry.get("zoom");
  const provider = broken?.provider && { ...broken.provider, begin: async () => asking };
  const create: AttemptStore["create"] = async (_caller, attempt) => {
    created.push(attempt);
    return { ...attempt, version: 0, expiresAt: new Date(), completedIn: null };
  };
  const { begin } = createConnect({
    registry: new Map(broken && [["zoom", { ...broken, provider }]]),
    attempts: { create } as Partial<AttemptStore> as AttemptStore,
    seals,
  });
  const failure = await begin({ session: "s", browser: Buffer.of(1) }, { provider: "zoom", values: {} }).catch(
    (thrown: unknown) => thrown,
  );
  expect(failure).toBeInstanceOf(Error);
  expect(failure).not.toBeInstanceOf(ConnectError);
  expect(created).toEqual([]);
});
