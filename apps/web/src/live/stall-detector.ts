/** The first event of a stream comes with its response. Later than this, something in between holds the stream back. */
const maxFirstEventMs = 5_000;
/** The API sends an event every 15 s. Later than this, events do not come through. */
const maxQuietMs = 20_000;
/** How often the list is polled while nothing comes through. */
const pollEveryMs = 10_000;

/** What happens while a stream is stalled. */
export interface StallHandlers {
  /** Asks the API for what the stream does not tell. */
  poll: () => void;
  onStallChange: (isStalled: boolean) => void;
}

/** Notices that nothing comes through a stream. A stream can stay open all the same, behind a proxy that buffers. */
export function createStallDetector({ poll, onStallChange }: StallHandlers) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStalled: boolean | undefined;
  const setStalled = (now: boolean): void => {
    if (isStalled === now) return;
    isStalled = now;
    onStallChange(now);
  };
  const restartTimer = (delayMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      setStalled(true);
      poll();
      restartTimer(pollEveryMs);
    }, delayMs);
  };
  return {
    /** A stream was opened. If the stream before it was stalled, polling goes on until something comes through. */
    noteOpened: (): void => {
      isStalled = undefined;
      if (timer === undefined) restartTimer(maxFirstEventMs);
    },
    noteActivity: (): void => {
      setStalled(false);
      restartTimer(maxQuietMs);
    },
    stopDetecting: (): void => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
