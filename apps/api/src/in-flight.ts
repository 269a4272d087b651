import { EventEmitter, once } from "node:events";

type Call = (...given: never[]) => Promise<unknown>;

/** Calls that run, whether or not anybody still waits for their answer. */
export interface InFlight {
  /** The same calls, counted while they run. */
  track<T extends Record<string, Call>>(calls: T): T;
  /** Counts what nobody waits for any more. What becomes of it is its own business. */
  trackInBackground: (work: Promise<unknown>) => void;
  /** Comes once none of them runs. */
  drained: () => Promise<void>;
}

export function createInFlight(): InFlight {
  const ends = new EventEmitter();
  let running = 0;
  const count =
    (call: Call): Call =>
    async (...given) => {
      running += 1;
      try {
        return await call(...given);
      } finally {
        running -= 1;
        if (running === 0) ends.emit("none");
      }
    };
  return {
    track<T extends Record<string, Call>>(calls: T) {
      return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, count(call)])) as T;
    },
    trackInBackground: (work) => void count(() => work)().catch(() => {}),
    async drained() {
      if (running > 0) await once(ends, "none");
    },
  };
}
