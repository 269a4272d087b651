import { EventEmitter, once } from "node:events";

type TrackedCall = (...args: never[]) => Promise<unknown>;

/** Counts the calls that run, also those whose caller no longer waits. */
export interface InFlight {
  /** Wraps calls, so that they count while they run. */
  track<T extends Record<string, TrackedCall>>(calls: T): T;
  /** Counts a promise until it settles, and ignores its result. */
  trackInBackground: (work: Promise<unknown>) => void;
  /** Resolves when none of them runs. */
  drained: () => Promise<void>;
}

/** Builds the count of one process. */
export function createInFlight(): InFlight {
  const events = new EventEmitter();
  let running = 0;
  const count =
    (call: TrackedCall): TrackedCall =>
    async (...args) => {
      running += 1;
      try {
        return await call(...args);
      } finally {
        running -= 1;
        if (running === 0) events.emit("none");
      }
    };
  return {
    track<T extends Record<string, TrackedCall>>(calls: T) {
      return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, count(call)])) as T;
    },
    trackInBackground: (work) => void count(() => work)().catch(() => {}),
    async drained() {
      if (running > 0) await once(events, "none");
    },
  };
}
