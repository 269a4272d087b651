import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dataFolder } from "./paths.ts";
import { requireFreePorts, type Ports } from "./ports.ts";
import { endProcessGroup, findStartTime, isAlive, type Process } from "./processes.ts";

/** What the lock file says: who runs this checkout, and what they have started. */
export type Run = { owner: Process; stopping: boolean; children: Process[] };

/** The right to run this checkout. */
export type Lock = {
  /** Writes a child into the lock file, so that the next run can end it if this one is killed. */
  addChild(name: string, pid: number): void;
  markStopping(): void;
  release(): void;
};

/** Acquires the lock, and checks that the ports are free. `file` is another lock file, for programs that may run several times. */
export async function acquireLockAndPorts(name: string, ports: Ports, file?: string): Promise<Lock> {
  const lock = await acquireLock(dataFolder, name, file);
  try {
    await requireFreePorts(ports);
  } catch (error) {
    lock.release();
    throw error;
  }
  return lock;
}

/** Thrown if another run has the lock. */
export class AlreadyRunningError extends Error {
  override readonly name = "AlreadyRunningError";
}

/** Whether the owner of a lock still runs, and if not, which of its children do. */
export type RunState = { running: true } | { running: false; leftovers: Process[] };

/** Tells whether a run still goes on, and if not, what is left of it. */
export function inspectRun({ owner, children }: Run, alive: (process: Process) => boolean): RunState {
  return alive(owner) ? { running: true } : { running: false, leftovers: children.filter(alive) };
}

/**
 * Acquires the lock of a folder. Ends the processes that a killed run has left; throws `AlreadyRunningError` while another
 * run goes on.
 */
export async function acquireLock(folder: string, name: string, fileName = "run.json"): Promise<Lock> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, fileName);
  const run: Run = {
    owner: { name, pid: process.pid, startedAt: findStartTime(process.pid) ?? "" },
    stopping: false,
    children: [],
  };
  while (!createLockFile(file, run)) await clearStaleLock(file);
  return {
    addChild(child, pid) {
      run.children.push({ name: child, pid, startedAt: findStartTime(pid) ?? "" });
      writeRun(file, run);
    },
    markStopping() {
      run.stopping = true;
      writeRun(file, run);
    },
    release: () => rmSync(file, { force: true }),
  };
}

/** Creates the file with its whole content, or returns false if it exists: of two runs, one wins. */
function createLockFile(file: string, run: Run): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(run));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (readRun(file) === undefined && !isExisting(error)) throw error;
    return false;
  } finally {
    rmSync(draft);
  }
}

async function clearStaleLock(file: string): Promise<void> {
  const { run, state } = await waitForStop(file);
  if (run === undefined) return;
  if (state.running) {
    throw new AlreadyRunningError(
      `Patchbay already runs from this folder (${run.owner.name}, process ${run.owner.pid}). Stop it first, with Ctrl-C where it runs.`,
    );
  }
  for (const child of state.leftovers) {
    console.log(`Ending ${child.name} (process ${child.pid}), which an earlier run has left behind.`);
    await endProcessGroup(child);
  }
  removeLockOf(run, file);
}

/** Reads the lock; waits up to a minute for a run that is stopping, and a second for any other. */
async function waitForStop(file: string): Promise<{ run: Run | undefined; state: RunState }> {
  for (let waitedMs = 0; ; waitedMs += 50) {
    const run = readRun(file);
    const state: RunState = run === undefined ? { running: false, leftovers: [] } : inspectRun(run, isAlive);
    const patienceMs = run?.stopping === true ? 60_000 : 1_000;
    if (run === undefined || !state.running || waitedMs >= patienceMs) return { run, state };
    await sleep(50);
  }
}

/** Removes the lock file of a dead run. Puts it back if another run has acquired the lock meanwhile. */
function removeLockOf(run: Run, file: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readRun(aside)?.owner.pid === run.owner.pid) rmSync(aside);
  else renameSync(aside, file);
}

function readRun(file: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Run;
  } catch {
    return undefined;
  }
}

function writeRun(file: string, run: Run): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(run));
  renameSync(draft, file);
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}
