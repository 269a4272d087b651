/** Runs the work of each key once at a time. */
export interface SingleFlight<T> {
  /** Starts the work of a key, or gives the result of the work that is running for it. */
  run: (key: string, work: () => Promise<T>) => Promise<T>;
  isRunning: (key: string) => boolean;
}

/** Keeps the running work in memory, for one process. */
export function createSingleFlight<T>(): SingleFlight<T> {
  const running = new Map<string, Promise<T>>();
  return {
    run(key, work) {
      const known = running.get(key);
      if (known) return known;
      const started = work().finally(() => running.delete(key));
      running.set(key, started);
      return started;
    },
    isRunning: (key) => running.has(key),
  };
}
