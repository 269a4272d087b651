import type { Step } from "../walk/step.ts";

/** What an open dialog hears of its attempt over the page's one stream. */
export interface AttemptEars {
  /** Something has changed. */
  arrived: (step: Step) => void;
  /** Whether changes will be told from now on. */
  live: (live: boolean) => void;
}

const watched = new Map<string, AttemptEars>();
const lookers = new Set<() => void>();

const changed = (): void => {
  for (const looker of lookers) looker();
};

/** Asks the stream for an attempt's steps, until the answer is called. */
export function watchAttempt(attempt: string, ears: AttemptEars): () => void {
  watched.set(attempt, ears);
  changed();
  return () => {
    if (watched.get(attempt) !== ears) return;
    watched.delete(attempt);
    changed();
  };
}

/** The side of the stream. */
export interface Attempts {
  /** Those that are watched now. */
  list: () => string[];
  onChange: (looker: () => void) => () => void;
  arrived: (attempt: string, step: Step) => void;
  live: (attempts: readonly string[], live: boolean) => void;
}

export const attempts: Attempts = {
  list: () => [...watched.keys()],
  onChange: (looker) => {
    lookers.add(looker);
    return () => void lookers.delete(looker);
  },
  arrived: (attempt, step) => watched.get(attempt)?.arrived(step),
  live: (all, live) => {
    for (const attempt of all) watched.get(attempt)?.live(live);
  },
};
