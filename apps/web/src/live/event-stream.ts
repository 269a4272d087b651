import { subscribeToApi, type SubscriptionError } from "../subscribe.ts";
import { createAttemptEvents } from "./attempt-events.ts";
import { createStallDetector } from "./stall-detector.ts";
import type { WatchedAttempts } from "./watched-attempts.ts";

/** Why a new stream is opened early: the user looks at the page again, or the network is back. */
export type WakeReason = "seen" | "online";

/** What the stream needs of the browser. */
export interface EventStreamDeps {
  /** Calls the given function when it is time to try at once. */
  onWake: (wake: (reason: WakeReason) => void) => () => void;
  /** Returns a number from 0 up to 1. */
  random: () => number;
  /** The attempts that the dialogs of this tab have open. The stream tells their steps too. */
  attempts: WatchedAttempts;
}

/** What the stream tells. */
export interface EventStreamHandlers {
  /** The list has changed, or may have changed while nothing came through. */
  onChange: () => void;
  onSignedOut: () => void;
}

const maxRetryDelayMs = 30_000;
const minRetryDelayMs = 250;
/** The API sends an event every 15 s. A stream that was silent for longer than this is dead. */
const maxSilenceMs = 45_000;

/** Computes how long to wait before the next try. Doubles with each failure; `random` spreads the browsers. */
export const retryDelayMs = (failures: number, random: number): number =>
  minRetryDelayMs + random * (Math.min(maxRetryDelayMs, 1_000 * 2 ** failures) - minRetryDelayMs);

/** Counts failures, so that the delay grows. A stream that was open for long starts the count again. */
function createBackoff(random: () => number) {
  let failures = 0;
  let openedAt = 0;
  return {
    noteOpened: (): void => {
      openedAt = Date.now();
    },
    reset: (): void => {
      failures = 0;
    },
    nextDelayMs: (): number => {
      failures = Date.now() - openedAt > maxRetryDelayMs ? 1 : failures + 1;
      return retryDelayMs(failures, random());
    },
  };
}

/**
 * Keeps the page's one stream open until the session ends or the returned function is called. While nothing comes through
 * the stream, it reports every few seconds that the list may have changed.
 */
export function openEventStream(deps: EventStreamDeps, { onChange, onSignedOut }: EventStreamHandlers): () => void {
  let close: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const backoff = createBackoff(deps.random);
  const attemptEvents = createAttemptEvents(deps.attempts, () => reconnect());
  const stallDetector = createStallDetector({
    poll: onChange,
    onStallChange: (isStalled) => attemptEvents.setLive(!isStalled),
  });

  const disconnect = (): void => {
    clearTimeout(timer);
    close?.();
    close = undefined;
    attemptEvents.setLive(false);
  };
  const retryLater = (minDelayMs = 0): void => {
    disconnect();
    timer = setTimeout(reconnect, Math.max(minDelayMs, backoff.nextDelayMs()));
  };
  const restartSilenceTimer = (): void => {
    clearTimeout(timer);
    timer = setTimeout(retryLater, maxSilenceMs);
  };
  const onEnd = (error?: SubscriptionError): void => {
    const { failure, retryAfter = 0 } = error?.data ?? {};
    if (failure !== "unauthenticated") return retryLater(retryAfter * 1_000);
    closeStream();
    onSignedOut();
  };
  const reconnect = (): void => {
    disconnect();
    backoff.noteOpened();
    restartSilenceTimer();
    stallDetector.noteOpened();
    close = subscribeToApi("connections.watch", attemptEvents.buildInput(), {
      onEvent: (event) => attemptEvents.handle(event) || onChange(),
      onActivity: () => {
        restartSilenceTimer();
        stallDetector.noteActivity();
      },
      onEnd,
      onDisconnect: () => retryLater(),
    });
  };
  const stopWaking = deps.onWake((reason) => {
    if (reason === "seen" && close !== undefined) return;
    backoff.reset();
    reconnect();
  });
  const closeStream = (): void => {
    stopWaking();
    stallDetector.stopDetecting();
    attemptEvents.stopWatching();
    disconnect();
  };
  reconnect();
  return closeStream;
}
