import { cpuOf, cpuOfFamily } from "../world/cpu.ts";

export interface Watched {
  /** The contender's process, or its processes. */
  node: number | number[];
  /** PostgreSQL's. */
  postgres: number;
}

/** What one round of one contender gave. */
export interface Round {
  perSecond: number;
  p50: number;
  p99: number;
  /** Microseconds of CPU a piece of work. Undefined where the system does not tell. */
  node: number | undefined;
  postgres: number | undefined;
  /** Of the machine's time, how much the load itself took, in CPUs. */
  load: number;
  failed: number;
}

/** Begins to measure; what it gives ends that, and sums up. */
export function startMeter({ node, postgres }: Watched) {
  const read = () => ({
    at: performance.now(),
    own: process.cpuUsage(),
    node: together(node),
    postgres: cpuOfFamily(postgres),
  });
  const began = read();
  return (latencies: number[], failed: number): Round => {
    const ended = read();
    const count = Math.max(1, latencies.length);
    const ms = ended.at - began.at;
    const own = ended.own.user + ended.own.system - began.own.user - began.own.system;
    const each = (from: number | undefined, to: number | undefined) =>
      from === undefined || to === undefined ? undefined : (to - from) / 1000 / count;
    const sorted = latencies.toSorted((a, b) => a - b);
    return {
      perSecond: (latencies.length / ms) * 1000,
      p50: percentile(sorted, 0.5),
      p99: percentile(sorted, 0.99),
      node: each(began.node, ended.node),
      postgres: each(began.postgres, ended.postgres),
      load: own / 1000 / ms,
      failed,
    };
  };
}

function together(pids: number | number[]): number | undefined {
  return [pids].flat().reduce((sum: number | undefined, pid) => {
    const one = cpuOf(pid);
    return sum === undefined || one === undefined ? undefined : sum + one;
  }, 0);
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}
