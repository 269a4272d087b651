/** So long nothing is asked again, however much is told. */
const PAUSE = 200;

/** One at a time: what is asked for while it runs is one more run after it, so that none misses what was last told. */
export function gathered(run: () => Promise<unknown>): () => void {
  let running = false;
  let again = false;
  const ask = (): void => {
    again = running;
    if (running) return;
    running = true;
    const over = (): void => {
      running = false;
      if (again) ask();
    };
    void run().then(
      () => setTimeout(over, PAUSE),
      () => setTimeout(over, PAUSE),
    );
  };
  return ask;
}
