import { readdirSync, readFileSync } from "node:fs";

const tickNs = 10_000_000;

/** Nanoseconds of CPU that a process has used, all threads together. Undefined where the system does not tell. */
export function cpuOf(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + runTime(`/proc/${pid}/task/${thread}`), 0);
  } catch {
    return undefined;
  }
}

/** That of a process and of all its children, those that ended among them. PostgreSQL has one for each connection. */
export function cpuOfFamily(pid: number): number | undefined {
  try {
    const living = [pid, ...childrenOf(pid)].reduce((sum, member) => sum + (cpuOf(member) ?? 0), 0);
    return living + cpuOfEnded(pid);
  } catch {
    return undefined;
  }
}

export function memoryOf(pid: number): number {
  const [, kilobytes = "0"] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

/** https://docs.kernel.org/scheduler/sched-stats.html: the first number is the time spent on a CPU, in nanoseconds. */
function runTime(thread: string): number {
  try {
    return Number(readFileSync(`${thread}/schedstat`, "utf8").split(" ")[0]);
  } catch {
    return 0;
  }
}

function childrenOf(pid: number): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((candidate) => parentOf(candidate) === pid);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(statOf(pid)[1]);
  } catch {
    return undefined;
  }
}

/** proc(5): cutime and cstime, in ticks. */
function cpuOfEnded(pid: number): number {
  const stat = statOf(pid);
  return (Number(stat[13]) + Number(stat[14])) * tickNs;
}

/** The fields of /proc/<pid>/stat after the name, which may hold anything. The first is the state. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
