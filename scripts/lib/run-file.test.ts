import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { bornAt, lives, type Process } from "./processes.ts";
import { hold, judge, type Run } from "./run-file.ts";

const process_ = (name: string, pid: number): Process => ({ name, pid, born: `at ${pid}` });
const run: Run = {
  owner: process_("npm start", 10),
  stopping: false,
  children: [process_("sandbox", 11), process_("API", 12)],
};

function note(folder: string, content: Run): void {
  writeFileSync(join(folder, "run.json"), JSON.stringify(content));
}

async function sleeper(): Promise<Process> {
  const child = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  return { name: "sleeper", pid, born: bornAt(pid) ?? "" };
}

test("a run whose owner lives goes on", () => {
  expect(judge(run, () => true)).toEqual({ held: true });
});

test("of a run whose owner is gone, what still lives is left over", () => {
  expect(judge(run, ({ pid }) => pid === 12)).toEqual({ held: false, leftovers: [process_("API", 12)] });
});

test("a process born at another time is not the one that was noted", () => {
  expect(lives({ name: "me", pid: process.pid, born: bornAt(process.pid) ?? "" })).toBe(true);
  expect(lives({ name: "another", pid: process.pid, born: "long ago" })).toBe(false);
});

test("a second run of the same folder is refused, and after the first it is not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "patchbay-run-"));
  const first = await hold(folder, "npm start");
  await expect(hold(folder, "pnpm dev")).rejects.toThrow("already runs from this folder (npm start");
  first.release();
  (await hold(folder, "pnpm dev")).release();
});

test("what a killed run left is ended, and a process that only has its pid is not", async () => {
  const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const folder = mkdtempSync(join(tmpdir(), "patchbay-run-"));
  const [left, stranger] = [await sleeper(), await sleeper()];
  const children = [left, { ...stranger, born: "long ago" }];
  note(folder, { owner: process_("npm start", 2 ** 22), stopping: false, children });
  const held = await hold(folder, "npm start");
  expect(lives(left)).toBe(false);
  expect(lives(stranger)).toBe(true);
  expect(said).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(`sleeper (process ${left.pid})`));
  process.kill(stranger.pid);
  held.release();
  said.mockRestore();
});

test("a run notes its children for the next one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "patchbay-run-"));
  const held = await hold(folder, "npm start");
  held.note("API", process.pid);
  const { children } = JSON.parse(readFileSync(join(folder, "run.json"), "utf8")) as Run;
  expect(children).toEqual([{ name: "API", pid: process.pid, born: bornAt(process.pid) }]);
  held.release();
});
