import type { listen as listenTo } from "../stream.ts";
import type { Attempts } from "./attempts.ts";
import { createDoubt } from "./doubt.ts";
import { createTelling } from "./telling.ts";

/** Why a pause is cut short: somebody looks again, or the network is back and what stood before is not to be trusted. */
export type Waking = "seen" | "online";

export interface WirePorts {
  listen: typeof listenTo;
  /** Calls when it is time to try at once. */
  wakes: (wake: (why: Waking) => void) => () => void;
  /** From 0 up to 1. */
  random: () => number;
  /** The attempts that dialogs of this tab have open: the stream tells of them too. */
  attempts: Attempts;
}

export interface WireEars {
  /** Something changed, or may have while nobody listened. */
  changed: () => void;
  signedOut: () => void;
}

const LONGEST = 30_000;
/** The API says something every 15 s. A stream that was silent for so long is dead, whatever the browser thinks. */
const SILENCE = 45_000;
/** How long to wait before the next try: longer every time, and another time for every browser. */
export const pauseAfter = (failures: number, random: number): number =>
  250 + random * (Math.min(LONGEST, 1_000 * 2 ** failures) - 250);

/**
 * Keeps the stream of news standing until the session is over or the answer is called. While nothing comes through it, it
 * says every few seconds that something may have changed.
 */
export function keepWire(ports: WirePorts, { changed, signedOut }: WireEars): () => void {
  const { listen, wakes, random, attempts } = ports;
  let close: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let since = 0;
  let over = false;
  const telling = createTelling(attempts, () => connect());
  const doubt = createDoubt({ look: changed, deaf: (deaf) => telling.live(!deaf) });

  const rest = (): void => {
    clearTimeout(timer);
    close?.();
    close = undefined;
    telling.live(false);
  };
  const retry = (least = 0): void => {
    rest();
    failures = Date.now() - since > LONGEST ? 1 : failures + 1;
    timer = setTimeout(connect, Math.max(least, pauseAfter(failures, random())));
  };
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(retry, SILENCE);
    doubt.heard();
  };
  const ended = (error: unknown): void => {
    const { failure, retryAfter } = readEnd(error);
    if (failure !== "unauthenticated") return retry(retryAfter * 1_000);
    stop();
    signedOut();
  };
  const hear = (datum: unknown): void => {
    if (!telling.hear(datum)) changed();
  };
  const connect = (): void => {
    rest();
    since = Date.now();
    timer = setTimeout(retry, SILENCE);
    doubt.begin();
    close = listen(telling.path(), { told: hear, heard, ended, lost: retry });
  };
  const unwake = wakes((why) => {
    if (over || (why === "seen" && close !== undefined)) return;
    failures = 0;
    connect();
  });
  const stop = (): void => {
    over = true;
    doubt.end();
    telling.stop();
    rest();
  };
  connect();
  return () => {
    unwake();
    stop();
  };
}

/** What tRPC says when a stream ends: the same shape as the error of a call. */
function readEnd(error: unknown): { failure: unknown; retryAfter: number } {
  const { failure, retryAfter } = (error as { data?: Record<string, unknown> } | undefined)?.data ?? {};
  return { failure, retryAfter: typeof retryAfter === "number" ? retryAfter : 0 };
}
