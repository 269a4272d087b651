import { setTimeout as sleep } from "node:timers/promises";
import type { Walk } from "../contender/contender.ts";
import { startMeter, type Round, type Watched } from "./meter.ts";
import { createSend } from "./send.ts";

export interface Walking {
  url: string;
  walk: Walk;
  from: number;
  walkers: number;
  ms: number;
  watched: Watched;
}

const settleMs = 150;

/** Walks for a while, a number of walkers beside one another, each beginning the next walk when one is done. */
export async function walkAround({ url, walk, from, walkers, ms, watched }: Walking): Promise<Round> {
  const { send, close } = createSend(url, walkers);
  let next = from;
  const over = new AbortController();
  let latencies: number[] = [];
  const failures: unknown[] = [];

  async function keepWalking(): Promise<void> {
    while (!over.signal.aborted) {
      const began = performance.now();
      next += 1;
      try {
        await walk(next, send);
        latencies.push(performance.now() - began);
      } catch (failure) {
        failures.push(failure);
        if (failures.length > 20) return;
      }
    }
  }
  const walking = Array.from({ length: walkers }, keepWalking);
  await sleep(settleMs);
  latencies = [];
  const sumUp = startMeter(watched);
  await sleep(ms);
  const round = sumUp(latencies, failures.length);
  over.abort();
  await Promise.all(walking);
  close();
  if (failures.length > 20) throw new Error("too many walks fail", { cause: failures[0] });
  return round;
}
