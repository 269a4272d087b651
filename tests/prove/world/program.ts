import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../../..");

/** A program of ours in a process of its own. It ends with this one at the latest. */
export interface Program {
  readonly exited: Promise<number>;
  readonly gone: boolean;
  kill(signal: "SIGKILL" | "SIGTERM"): void;
}

type Start = { script: string; args?: readonly string[]; env: Record<string, string>; log: string };

const living = new Set<ChildProcess>();

process.once("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

export function startProgram({ script, args = [], env, log }: Start): Program {
  const output = openSync(log, "a", 0o600);
  const child = spawn(process.execPath, [join(root, script), ...args], {
    cwd: root,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  // Whoever forgets it is not kept from ending by it. Whoever waits for its end, is.
  child.unref();
  living.add(child);
  const exited = ending(child);
  return {
    get exited() {
      child.ref();
      return exited;
    },
    get gone() {
      return !living.has(child);
    },
    kill: (signal) => void child.kill(signal),
  };
}

async function ending(child: ChildProcess): Promise<number> {
  const [code] = (await once(child, "exit")) as [number | null];
  living.delete(child);
  return code ?? 137;
}
