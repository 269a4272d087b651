import { setTimeout as sleep } from "node:timers/promises";

/** Waits until the address answers 200. */
export async function ready(
  url: string,
  { name, patienceMs = 60_000 }: { name: string; patienceMs?: number },
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await answers(url))) {
    if (performance.now() > deadline) throw new Error(`The ${name} does not answer at ${url}.`);
    await sleep(25);
  }
}

async function answers(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
