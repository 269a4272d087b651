/** The shortest pause between two runs. */
const minPauseMs = 200;

/**
 * Makes a function that runs one call at a time. All calls during a run become one more run after it, so that the last
 * change is never missed.
 */
export function coalesceCalls(run: () => Promise<unknown>): () => void {
  let isRunning = false;
  let runAgain = false;
  const request = (): void => {
    runAgain = isRunning;
    if (isRunning) return;
    isRunning = true;
    const finishRun = (): void => {
      isRunning = false;
      if (runAgain) request();
    };
    void run().then(
      () => setTimeout(finishRun, minPauseMs),
      () => setTimeout(finishRun, minPauseMs),
    );
  };
  return request;
}
