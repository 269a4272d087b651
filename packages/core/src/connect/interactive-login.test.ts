import { expect, test } from "vitest";
import type { Provider } from "../provider.ts";
import type { AttemptStore } from "./attempt-store.ts";
import type { ConnectDeps } from "./connect-deps.ts";
import { resumeLogin } from "./interactive-login.ts";

const id = Buffer.alloc(32, 1);
const caller = { session: "s", browser: Buffer.alloc(32, 2) };
const looking = { attempt: "a".repeat(43), values: {} };
/** A login that shows a code until a minute from now. Whoever looks at it acquires its lease. */
function createDeps(
  resume: () => Promise<never>,
  openStep: () => string,
): ConnectDeps & { tracked: Promise<unknown>[] } {
  const tracked: Promise<unknown>[] = [];
  const expiresAt = new Date(Date.now() + 60_000);
  const attempt = {
    id,
    provider: "p",
    redirectUri: "",
    providerState: Buffer.alloc(0),
    version: 1,
    completedIn: null,
    expiresAt,
  };
  const attempts: Partial<AttemptStore> = {
    acquire: async () => ({ type: "acquired", attempt, step: Buffer.alloc(0) }),
    release: async () => {},
    fail: async () => {},
  };
  return {
    tracked,
    trackInBackground: (work) => tracked.push(work.catch(() => undefined)),
    registry: new Map([["p", { provider: { id: "p", resume } as unknown as Provider }]]) as never,
    seals: { openState: () => ({}), openStep } as never,
    attempts: attempts as AttemptStore,
  };
}

const shown = () => JSON.stringify({ type: "scan", code: "c", until: new Date(Date.now() + 60_000).toISOString() });

test("a stored step that does not open fails the look, and the provider is not called", async () => {
  let asked = 0;
  const broken = () => {
    throw new Error("the key was taken out");
  };
  const resume = async () => {
    asked += 1;
    throw new Error("no");
  };
  await expect(resumeLogin(createDeps(resume, broken), caller, looking)).rejects.toThrow("the key was taken out");
  expect(asked).toBe(0);
});

test("a look tells where the login stands while it waits for the provider, and a stop waits for that call", async () => {
  const answer = Promise.withResolvers<never>();
  const given = createDeps(() => answer.promise, shown);
  expect(await resumeLogin(given, caller, looking)).toMatchObject({ type: "scan", code: "c" });
  expect(given.tracked).toHaveLength(1);
  answer.reject(new Error("too late for anybody"));
  await given.tracked[0];
});
