import { parseFailure } from "../failure.ts";
import { watchAttempt } from "../live/watched-attempts.ts";
import type { Failure } from "../sentences.ts";
import type { AttemptStep, ScanStep } from "./step-types.ts";

/** How often the API is asked where the stream tells nothing. */
const minPollMs = 2_000;
/** The API is asked this often even while the stream works and the code is valid, because clocks may be wrong. */
const maxPollMs = 30_000;

/** What following a code needs. */
export interface FollowDeps {
  /** Asks the API for the attempt's step. The API answers with a new code when the old one has run out. */
  poll: () => Promise<AttemptStep>;
  onStep: (step: AttemptStep) => void;
  onFailure: (failure: Failure) => void;
}

/**
 * Follows the attempt of a code that waits to be scanned, until the returned function is called. The page's stream tells
 * each new step. Without a stream, and when the code runs out, the API is polled.
 */
export function followScan(first: ScanStep, { poll, onStep, onFailure }: FollowDeps): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let isLive = false;
  let validUntil = first.until;

  const validMs = (): number => Date.parse(validUntil) - Date.now();
  const schedule = (delayMs = isLive ? Math.min(Math.max(validMs(), minPollMs), maxPollMs) : minPollMs): void => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void pollOnce(), delayMs);
  };
  const acceptStep = (step: AttemptStep): void => {
    // The dialog may have closed meanwhile. A connection counts all the same.
    if (stopped && step.type !== "connected") return;
    if (step.type === "scan") validUntil = step.until;
    onStep(step);
    schedule();
  };
  const pollOnce = async (): Promise<void> => {
    try {
      acceptStep(await poll());
    } catch (error) {
      const failure = parseFailure(error);
      if (!stopped) onFailure(failure);
      schedule(Math.max(minPollMs, (failure.retryAfter ?? 0) * 1000));
    }
  };

  const unwatch = watchAttempt(first.attempt, {
    onStep: acceptStep,
    onLiveChange: (live) => {
      if (isLive === live) return;
      isLive = live;
      schedule();
    },
  });
  schedule(validMs() > 0 ? minPollMs : 0);
  return () => {
    stopped = true;
    clearTimeout(timer);
    unwatch();
  };
}
