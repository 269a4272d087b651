import { ConnectError } from "@patchbay/core/errors";

/** How many tasks run at once, and how many may wait. */
export interface QueueLimits {
  concurrency: number;
  maxWaiting: number;
}

/** Creates a queue that runs tasks in turn. It refuses a task with `too_many_requests` if too many wait, so that none waits for long. */
export function createWorkQueue({ concurrency, maxWaiting }: QueueLimits) {
  const waitingTasks: (() => void)[] = [];
  let freeSlots = concurrency;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (freeSlots > 0) freeSlots -= 1;
    else if (waitingTasks.length < maxWaiting) await new Promise<void>((resolve) => waitingTasks.push(resolve));
    else throw new ConnectError("too_many_requests", "too many wait for their turn", { retryAfter: 5 });
    try {
      return await work();
    } finally {
      const next = waitingTasks.shift();
      if (next) next();
      else freeSlots += 1;
    }
  };
}
