export interface SingleFlight<T> {
  /** Runs the work of a key once at a time: whoever asks meanwhile gets the same result. */
  run: (key: string, work: () => Promise<T>) => Promise<T>;
  isRunning: (key: string) => boolean;
}

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
