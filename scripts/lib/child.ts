import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Exit, ManagedProcess } from "./process-group.ts";
import { dataFolder, root } from "./paths.ts";
import { signalGroup } from "./processes.ts";

/** A program to start. */
export type Program = {
  name: string;
  command?: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** The file for its output. Without one, the output goes to this terminal. */
  log?: string;
  /** How long it may take to stop before it is killed. */
  patienceMs?: number;
};

/** Starts a program in a process group of its own. */
export function startChild({
  name,
  command = process.execPath,
  args,
  env,
  log,
  patienceMs = 5_000,
}: Program): ManagedProcess {
  const output = log === undefined ? undefined : openLog(log);
  const stdio: StdioOptions = output === undefined ? ["ignore", "inherit", "inherit"] : ["ignore", output, output];
  // Node keeps the compiled TypeScript, so that the next start is faster.
  const cached = { NODE_COMPILE_CACHE: join(dataFolder, "compile-cache"), ...env };
  const child = spawn(command, args, { cwd: root, detached: true, env: cached, stdio });
  if (output !== undefined) closeSync(output);
  const exited = waitForExit(child);
  return {
    name,
    pid: child.pid,
    exited,
    lastLines: () => (log === undefined ? "" : lastLines(readFileSync(log, "utf8"))),
    stop: async (hurry) => await stopChild(child, { exited, hurry, patienceMs }),
  };
}

function openLog(log: string): number {
  mkdirSync(dirname(log), { recursive: true });
  return openSync(log, "w", 0o600);
}

async function waitForExit(child: ChildProcess): Promise<Exit> {
  return await new Promise((resolve) => {
    child.once("error", ({ message }) => resolve({ code: 127, how: message }));
    child.once("exit", (code, signal) => {
      const status = code ?? 128 + constants.signals[signal ?? "SIGKILL"];
      resolve({ code: status, how: signal ?? `exit code ${status}` });
    });
  });
}

type Stop = { exited: Promise<Exit>; hurry: AbortSignal; patienceMs: number };

async function stopChild({ pid }: ChildProcess, { exited, hurry, patienceMs }: Stop): Promise<void> {
  if (pid === undefined) return;
  signalGroup(pid, "SIGTERM");
  const patience = new AbortController();
  const enough = sleep(patienceMs, undefined, { signal: AbortSignal.any([hurry, patience.signal]) }).catch(() => {});
  await Promise.race([exited, enough]);
  patience.abort();
  signalGroup(pid, "SIGKILL");
  await exited;
}

/** The last lines of a text. */
export function lastLines(text: string, count = 20): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
