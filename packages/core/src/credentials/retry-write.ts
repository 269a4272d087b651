import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError } from "../errors.ts";

const firstPauseMs = 50;
const maxPauseMs = 2_000;
const giveUpMs = 3_600_000;

/** Writes what exists nowhere else, and retries while the database cannot be reached, for up to an hour. */
export async function retryWrite<T>(write: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + giveUpMs;
  for (let pause = firstPauseMs; ; pause = Math.min(maxPauseMs, pause * 2)) {
    try {
      return await write();
    } catch (failure) {
      if (performance.now() > giveUpAt) throw failure;
      // An unreferenced timer: it must not keep the process alive during a shutdown.
      await sleep(pause, undefined, { ref: false });
    }
  }
}

/** Waits for a write for a minute. After that the write goes on in the background, and `provider_unavailable` is thrown. */
export async function awaitWrite<T>(
  work: Promise<T>,
  trackInBackground: (work: Promise<unknown>) => void,
  patienceMs = 60_000,
): Promise<T> {
  const timeout = new AbortController();
  const late = sleep(patienceMs, undefined, { signal: timeout.signal }).then(() => {
    trackInBackground(work);
    throw new ConnectError("provider_unavailable", "the new tokens are not stored yet", { retryAfter: 5 });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timeout.abort();
  }
}
