import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { raw } from "../harness/raw.ts";
import { createWorld, type World } from "../harness/world.ts";

let world: World;

beforeAll(async () => {
  world = await createWorld({ env: { WORKERS: "0" } });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** Too short a password: refused before it is hashed, and counted all the same. */
async function guess(headers: Record<string, string>): Promise<number> {
  const { status } = await raw(`${world.url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ email: `${randomBytes(6).toString("hex")}@example.com` }),
  });
  return status;
}

describe("the limit of an address", () => {
  test.each<[string, (turn: number) => string]>([
    ["with another port each time", (turn) => `203.0.113.7:${50_000 + turn}`],
    ["in brackets, with another port each time", (turn) => `[2001:db8:7::1]:${50_000 + turn}`],
    ["in quotes, with another port each time", (turn) => `"[2001:db8:8::1]:${50_000 + turn}"`],
    ["of a /56, another each time", (turn) => `2001:db8:9:${turn.toString(16)}::1`],
    ["behind others of its own making", (turn) => `198.51.100.${turn}, 203.0.113.8`],
    ["that is none, another each time: the connection's counts", (turn) => `guess-${turn}`],
  ])("holds for one %s", async (_how, address) => {
    const statuses: number[] = [];
    for (let turn = 0; turn < 62; turn += 1) statuses.push(await guess({ "x-forwarded-for": address(turn) }));
    expect(statuses.slice(0, 60)).not.toContain(429);
    expect(statuses.slice(60)).toEqual([429, 429]);
  });
});
