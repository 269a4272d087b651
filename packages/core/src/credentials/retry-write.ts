import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError } from "../errors.ts";

const firstPauseMs = 50;
const maxPauseMs = 2_000;
const giveUpMs = 3_600_000;

/**
 * Writes what exists nowhere else, again and again while the database cannot be reached: for an hour, or for as long as
 * this process lives.
 */
export async function retryWrite<T>(write: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + giveUpMs;
  for (let pause = firstPauseMs; ; pause = Math.min(maxPauseMs, pause * 2)) {
    try {
      return await write();
    } catch (failure) {
      if (performance.now() > giveUpAt) throw failure;
      // Not a reason to live on, once this process has been told to stop and has waited long enough.
      await sleep(pause, undefined, { ref: false });
    }
  }
}

/** Waits a minute for it, and then leaves it to itself. Throws `provider_unavailable` then. */
export async function awaitWrite<T>(
  work: Promise<T>,
  outlives: (work: Promise<unknown>) => void,
  patienceMs = 60_000,
): Promise<T> {
  const enough = new AbortController();
  const late = sleep(patienceMs, undefined, { signal: enough.signal }).then(() => {
    outlives(work);
    throw new ConnectError("provider_unavailable", "the new tokens are not stored yet", { retryAfter: 5 });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    enough.abort();
  }
}
