import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { data } from "./paths.ts";
import { requireFree, type Ports } from "./ports.ts";
import { bornAt, end, lives, type Process } from "./processes.ts";

/** Who runs this checkout, and what was started for it. */
export type Run = { owner: Process; stopping: boolean; children: Process[] };

export type Hold = {
  /** Notes a child, so that a later run can end it should this one be killed. */
  note(name: string, pid: number): void;
  stopping(): void;
  release(): void;
};

/** Takes the checkout with its ports for this run. `file`: where that is noted, for what may run several times. */
export async function holdWithPorts(name: string, ports: Ports, file?: string): Promise<Hold> {
  const held = await hold(data, name, file);
  try {
    await requireFree(ports);
  } catch (error) {
    held.release();
    throw error;
  }
  return held;
}

/** Why a checkout cannot be taken. */
export class AlreadyRuns extends Error {
  override readonly name = "AlreadyRuns";
}

export type Verdict = { held: true } | { held: false; leftovers: Process[] };

/** Whether a run that is noted still goes on, and, where it does not, what is left of it. */
export function judge({ owner, children }: Run, alive: (process: Process) => boolean): Verdict {
  return alive(owner) ? { held: true } : { held: false, leftovers: children.filter(alive) };
}

/** Takes the checkout for this run. What a killed run left is ended first; a run that goes on is not disturbed. */
export async function hold(folder: string, name: string, noted = "run.json"): Promise<Hold> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, noted);
  const run: Run = {
    owner: { name, pid: process.pid, born: bornAt(process.pid) ?? "" },
    stopping: false,
    children: [],
  };
  while (!claim(file, run)) await giveWay(file);
  const update = (): void => replace(file, run);
  return {
    note(name, pid) {
      run.children.push({ name, pid, born: bornAt(pid) ?? "" });
      update();
    },
    stopping() {
      run.stopping = true;
      update();
    },
    release: () => rmSync(file, { force: true }),
  };
}

/** All at once or not at all: of two that try, one finds the file there. */
function claim(file: string, run: Run): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(run));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (read(file) === undefined && !isExisting(error)) throw error;
    return false;
  } finally {
    rmSync(draft);
  }
}

async function giveWay(file: string): Promise<void> {
  const { run, verdict } = await patiently(file);
  if (run === undefined) return;
  if (verdict.held) {
    throw new AlreadyRuns(
      `Patchbay already runs from this folder (${run.owner.name}, process ${run.owner.pid}). Stop it first, with Ctrl-C where it runs.`,
    );
  }
  for (const child of verdict.leftovers) {
    console.log(`Ending what an earlier run left behind: ${child.name} (process ${child.pid}).`);
    await end(child);
  }
  discard(file, run);
}

/** A run that is about to stop is waited for. */
async function patiently(file: string): Promise<{ run: Run | undefined; verdict: Verdict }> {
  for (let waited = 0; ; waited += 50) {
    const run = read(file);
    const verdict: Verdict = run === undefined ? { held: false, leftovers: [] } : judge(run, lives);
    const patience = run?.stopping === true ? 60_000 : 1_000;
    if (run === undefined || !verdict.held || waited >= patience) return { run, verdict };
    await sleep(50);
  }
}

/** Removes the note of a dead run, and of no other: somebody may have been quicker. */
function discard(file: string, run: Run): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (read(aside)?.owner.pid === run.owner.pid) rmSync(aside);
  else renameSync(aside, file);
}

function read(file: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Run;
  } catch {
    return undefined;
  }
}

function replace(file: string, run: Run): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(run));
  renameSync(draft, file);
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}
