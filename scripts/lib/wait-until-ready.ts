import { setTimeout as sleep } from "node:timers/promises";

/** Waits until a URL answers 200. Throws after `patienceMs`. */
export async function waitUntilReady(
  url: string,
  { name, patienceMs = 60_000 }: { name: string; patienceMs?: number },
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await isAnswering(url))) {
    if (performance.now() > deadline) throw new Error(`The ${name} does not answer at ${url}.`);
    await sleep(25);
  }
}

async function isAnswering(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
