import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process, by its pid and its start time: a pid alone is used again some day. */
export type Process = { name: string; pid: number; startedAt: string };

/** When the process with this pid started; undefined if there is none. */
export function findStartTime(pid: number): string | undefined {
  try {
    return process.platform === "linux" ? readStartTime(pid) : askStartTime(pid);
  } catch {
    return undefined;
  }
}

function readStartTime(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return fields[0] === "Z" ? undefined : `${boot} ${fields[19]}`;
}

function askStartTime(pid: number): string | undefined {
  const startedAt = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  return startedAt === "" ? undefined : startedAt;
}

/** Whether this very process still runs. */
export function isAlive({ pid, startedAt }: Process): boolean {
  const current = findStartTime(pid);
  return current !== undefined && current === startedAt;
}

/** Ends a process and the group that it leads: asks it to stop, and kills it once `patienceMs` have passed. */
export async function endProcessGroup(leader: Process, patienceMs = 5_000): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (!isAlive(leader)) return;
    signalGroup(leader.pid, signal);
    for (let waitedMs = 0; waitedMs < patienceMs && isAlive(leader); waitedMs += 20) await sleep(20);
  }
}

/** Sends a signal to a process group. Returns false if the group no longer exists. */
export function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
