import { expect, test } from "vitest";
import type { Provider } from "../provider.ts";
import { resumeLogin, type ConnectDeps } from "./interactive-login.ts";

const id = Buffer.alloc(32, 1);
const caller = { session: "s", browser: Buffer.alloc(32, 2) };
const looking = { attempt: "a".repeat(43), values: {} };
const unused = async () => {
  throw new Error("not expected to be called");
};

/** A walk that shows a code until a minute from now, held by whoever looks. */
function parts(resume: () => Promise<never>, openStep: () => string): ConnectDeps & { outlived: Promise<unknown>[] } {
  const outlived: Promise<unknown>[] = [];
  const expiresAt = new Date(Date.now() + 60_000);
  const walk = { id, provider: "p", redirectUri: "", notes: Buffer.alloc(0), version: 1, expiresAt };
  return {
    outlived,
    trackInBackground: (work) => outlived.push(work.catch(() => undefined)),
    registry: new Map([["p", { provider: { id: "p", resume } as unknown as Provider }]]) as never,
    seals: { openState: () => ({}), openStep } as never,
    attempts: { fail: async () => {} } as never,
    logins: {
      create: unused,
      acquire: async () => ({ type: "acquired", walk, step: Buffer.alloc(0) }),
      saveStep: unused,
      countWrongAnswer: unused,
      countCode: unused,
      release: async () => {},
      listOverdue: unused,
      delete: unused,
    },
  };
}

const shown = () => JSON.stringify({ type: "scan", code: "c", until: new Date(Date.now() + 60_000).toISOString() });

test("a step that does not open fails the look alone, and nothing is asked of the provider", async () => {
  let asked = 0;
  const broken = () => {
    throw new Error("the key was taken out");
  };
  const resume = async () => {
    asked += 1;
    throw new Error("no");
  };
  await expect(resumeLogin(parts(resume, broken), caller, looking)).rejects.toThrow("the key was taken out");
  expect(asked).toBe(0);
});

test("whoever looks is told where the walk stands while the provider is waited for, and a stop knows of that", async () => {
  const answer = Promise.withResolvers<never>();
  const given = parts(() => answer.promise, shown);
  expect(await resumeLogin(given, caller, looking)).toMatchObject({ type: "scan", code: "c" });
  expect(given.outlived).toHaveLength(1);
  answer.reject(new Error("too late for anybody"));
  await given.outlived[0];
});
