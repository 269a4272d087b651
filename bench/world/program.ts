import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = join(import.meta.dirname, "../..");

/** A program in a process of its own. It ends with this one at the latest. */
export interface Program extends AsyncDisposable {
  name: string;
  pid: number;
  url: string;
  stop(): Promise<void>;
}

export interface Start {
  name: string;
  /** As a file URL. */
  script: string;
  env: Record<string, string>;
  port: number;
  log: string;
  /** What answers 200 once it can be used. */
  ready: string;
  flags?: readonly string[];
}

const living = new Set<ChildProcess>();

process.once("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

/** Starts it and waits until it can be used. */
export async function startProgram(start: Start): Promise<Program> {
  const child = launch(start);
  const url = `http://127.0.0.1:${start.port}`;
  await untilReady(child, { ...start, url });
  const end = () => stop(child);
  return { name: start.name, pid: child.pid ?? 0, url, stop: end, [Symbol.asyncDispose]: end };
}

/** Starts it, and no more. */
export function launch({ script, env, port, log, flags = [] }: Start): ChildProcess {
  const output = openSync(log, "a", 0o600);
  const child = spawn(process.execPath, [...flags, fileURLToPath(script)], {
    cwd: root,
    env: { PATH: process.env["PATH"], ...env, PORT: String(port) },
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  // Whoever forgets it is not kept from ending by it.
  child.unref();
  living.add(child);
  child.once("exit", () => living.delete(child));
  return child;
}

const mostLooks = 1200;

async function untilReady(child: ChildProcess, { name, url, ready, log }: Start & { url: string }): Promise<void> {
  for (let looks = 0; looks < mostLooks && living.has(child); looks += 1) {
    if (await answers(`${url}${ready}`)) return;
    await sleep(50);
  }
  child.kill("SIGKILL");
  throw new Error(`${name} does not start:\n${readFileSync(log, "utf8").slice(-4000)}`);
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  await answer?.arrayBuffer().catch(() => undefined);
  return answer?.status === 200;
}

export async function stop(child: ChildProcess): Promise<void> {
  if (!living.has(child)) return;
  child.ref();
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await gone;
  clearTimeout(late);
}
