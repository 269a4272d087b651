import type { AttemptStep } from "../connect-dialog/step-types.ts";

/** What an open dialog is told about its attempt. */
export interface AttemptHandlers {
  onStep: (step: AttemptStep) => void;
  /** Whether the stream tells the steps from now on. */
  onLiveChange: (live: boolean) => void;
}

const handlersByAttempt = new Map<string, AttemptHandlers>();
const listeners = new Set<() => void>();

const notifyListeners = (): void => {
  for (const listener of listeners) listener();
};

/** Asks the page's one stream for the steps of an attempt, until the returned function is called. */
export function watchAttempt(attempt: string, handlers: AttemptHandlers): () => void {
  handlersByAttempt.set(attempt, handlers);
  notifyListeners();
  return () => {
    if (handlersByAttempt.get(attempt) !== handlers) return;
    handlersByAttempt.delete(attempt);
    notifyListeners();
  };
}

/** The attempts that open dialogs watch, as the stream sees them. */
export interface WatchedAttempts {
  list: () => string[];
  onChange: (listener: () => void) => () => void;
  tellStep: (attempt: string, step: AttemptStep) => void;
  tellLive: (attempts: readonly string[], live: boolean) => void;
}

/** The attempts that the dialogs of this page watch. */
export const watchedAttempts: WatchedAttempts = {
  list: () => [...handlersByAttempt.keys()],
  onChange: (listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
  tellStep: (attempt, step) => handlersByAttempt.get(attempt)?.onStep(step),
  tellLive: (attempts, live) => {
    for (const attempt of attempts) handlersByAttempt.get(attempt)?.onLiveChange(live);
  },
};
