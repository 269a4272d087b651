import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Ends the PostgreSQL that a killed run left on this directory. A pid that has become another program's is let be. */
export async function endLeftover(directory: string): Promise<void> {
  const file = join(directory, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, "utf8"), 10);
  if (!serves(pid, directory)) return rmSync(file, { force: true });
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    process.kill(pid, signal);
    for (let waited = 0; waited < 5_000; waited += 20) {
      if (!serves(pid, directory)) return;
      await sleep(20);
    }
  }
}

/** PostgreSQL stands in its data directory: by that it is told from a program that got a dead one's pid. */
export function serves(pid: number, directory: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 1) return false;
  try {
    if (process.platform === "linux") return readlinkSync(`/proc/${pid}/cwd`) === directory;
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).includes(directory);
  } catch {
    return false;
  }
}
