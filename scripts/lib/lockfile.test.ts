import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { findStartTime, isAlive, type Process } from "./processes.ts";
import { acquireLock, inspectRun, type Run } from "./lockfile.ts";

const processNamed = (name: string, pid: number): Process => ({ name, pid, startedAt: `at ${pid}` });
const run: Run = {
  owner: processNamed("npm start", 10),
  stopping: false,
  children: [processNamed("sandbox", 11), processNamed("API", 12)],
};

function writeLock(folder: string, content: Run): void {
  writeFileSync(join(folder, "run.json"), JSON.stringify(content));
}

async function sleeper(): Promise<Process> {
  const child = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  return { name: "sleeper", pid, startedAt: findStartTime(pid) ?? "" };
}

test("a run whose owner is alive still runs", () => {
  expect(inspectRun(run, () => true)).toEqual({ running: true });
});

test("the children of a run are left over if they are alive and its owner is not", () => {
  expect(inspectRun(run, ({ pid }) => pid === 12)).toEqual({ running: false, leftovers: [processNamed("API", 12)] });
});

test("a process with the same pid and another start time is another process", () => {
  expect(isAlive({ name: "me", pid: process.pid, startedAt: findStartTime(process.pid) ?? "" })).toBe(true);
  expect(isAlive({ name: "another", pid: process.pid, startedAt: "long ago" })).toBe(false);
});

test("a second run of the same folder is refused until the first has released its lock", async () => {
  const folder = mkdtempSync(join(tmpdir(), "patchbay-run-"));
  const first = await acquireLock(folder, "npm start");
  await expect(acquireLock(folder, "pnpm dev")).rejects.toThrow("already runs from this folder (npm start");
  first.release();
  (await acquireLock(folder, "pnpm dev")).release();
});

test("the processes that a killed run has left are ended; a process that only has the same pid is not", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const folder = mkdtempSync(join(tmpdir(), "patchbay-run-"));
  const [left, stranger] = [await sleeper(), await sleeper()];
  const children = [left, { ...stranger, startedAt: "long ago" }];
  writeLock(folder, { owner: processNamed("npm start", 2 ** 22), stopping: false, children });
  const lock = await acquireLock(folder, "npm start");
  expect(isAlive(left)).toBe(false);
  expect(isAlive(stranger)).toBe(true);
  expect(log).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(`sleeper (process ${left.pid})`));
  process.kill(stranger.pid);
  lock.release();
  log.mockRestore();
});

test("a run writes its children into its lock file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "patchbay-run-"));
  const lock = await acquireLock(folder, "npm start");
  lock.addChild("API", process.pid);
  const { children } = JSON.parse(readFileSync(join(folder, "run.json"), "utf8")) as Run;
  expect(children).toEqual([{ name: "API", pid: process.pid, startedAt: findStartTime(process.pid) }]);
  lock.release();
});
