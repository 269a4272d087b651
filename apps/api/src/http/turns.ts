import { ConnectError } from "@patchbay/core/errors";

/** How many may work at once, and how many may wait for that. */
export interface Turns {
  atOnce: number;
  waiting: number;
}

/** Does one work after the other. Refuses who finds too many waiting, so that nobody waits for long. */
export function createTurns({ atOnce, waiting }: Turns) {
  const queue: (() => void)[] = [];
  let free = atOnce;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else if (queue.length < waiting) await new Promise<void>((resolve) => queue.push(resolve));
    else throw new ConnectError("too_many_requests", "too many wait for their turn", { retryAfter: 5 });
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else free += 1;
    }
  };
}
