/** A stream's first word comes with its answer. One that says nothing for so long is held back by somebody in front. */
const firstMs = 5_000;
/** The API says something every 15 s. Later than this, what it says does not come through. */
const quietMs = 20_000;
/** How often it is looked meanwhile. */
const pauseMs = 10_000;

export interface Doubted {
  /** Looks for itself what the stream does not tell. */
  look: () => void;
  /** Whether nothing comes through now. */
  deaf: (deaf: boolean) => void;
}

/** Notices that nothing comes through a stream, whether it stands or not: a proxy that buffers lets it stand. */
export function createDoubt({ look, deaf }: Doubted) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let known: boolean | undefined;
  const learn = (now: boolean): void => {
    if (known === now) return;
    known = now;
    deaf(now);
  };
  const wait = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      learn(true);
      look();
      wait(pauseMs);
    }, ms);
  };
  return {
    /** A stream is asked for. Where one was missing already, it is still looked for as before. */
    begin: (): void => {
      known = undefined;
      if (timer === undefined) wait(firstMs);
    },
    heard: (): void => {
      learn(false);
      wait(quietMs);
    },
    end: (): void => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
