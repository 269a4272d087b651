import { setTimeout as sleep } from "node:timers/promises";

/** Limits the wait for a promise, because some clients wait without end. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(reject, ms, new Error(`nothing within ${ms} ms`));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits up to four seconds until a condition holds. Throws if it never does. */
export async function waitUntil(holds: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200 && !holds(); attempt += 1) await sleep(20);
  if (!holds()) throw new Error("the condition never held");
}
