import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process that cannot be mistaken: a pid comes back some day, a pid with its time of birth does not. */
export type Process = { name: string; pid: number; born: string };

/** When the process of this pid was born; undefined where there is none any more. */
export function bornAt(pid: number): string | undefined {
  try {
    return process.platform === "linux" ? bornByProc(pid) : bornByPs(pid);
  } catch {
    return undefined;
  }
}

function bornByProc(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return fields[0] === "Z" ? undefined : `${boot} ${fields[19]}`;
}

function bornByPs(pid: number): string | undefined {
  const born = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  return born === "" ? undefined : born;
}

export const lives = ({ pid, born }: Process): boolean => bornAt(pid) === born;

/** Ends the process and the group it leads: asks first, and does not ask for long. */
export async function end(leader: Process, patienceMs = 5_000): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (!lives(leader)) return;
    signalGroup(leader.pid, signal);
    for (let waited = 0; waited < patienceMs && lives(leader); waited += 20) await sleep(20);
  }
}

/** False where the group is gone. */
export function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
