import type { listen as listenTo } from "../stream.ts";

/** Why a pause is cut short: somebody looks again, or the network is back and what stood before is not to be trusted. */
export type Waking = "seen" | "online";

export interface WirePorts {
  listen: typeof listenTo;
  /** Calls when it is time to try at once. */
  wakes: (wake: (why: Waking) => void) => () => void;
  /** From 0 up to 1. */
  random: () => number;
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

/** Keeps the stream of news standing until the session is over or the answer is called. */
export function keepWire({ listen, wakes, random }: WirePorts, { changed, signedOut }: WireEars): () => void {
  let close: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let since = 0;
  let over = false;

  const rest = (): void => {
    clearTimeout(timer);
    close?.();
    close = undefined;
  };
  const retry = (least = 0): void => {
    rest();
    failures = Date.now() - since > LONGEST ? 1 : failures + 1;
    timer = setTimeout(connect, Math.max(least, pauseAfter(failures, random())));
  };
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(retry, SILENCE);
  };
  const ended = (error: unknown): void => {
    const { failure, retryAfter } = readEnd(error);
    if (failure !== "unauthenticated") return retry(retryAfter * 1_000);
    over = true;
    rest();
    signedOut();
  };
  const connect = (): void => {
    rest();
    since = Date.now();
    heard();
    close = listen("connections.watch", { told: changed, heard, ended, lost: retry });
  };
  const unwake = wakes((why) => {
    if (over || (why === "seen" && close !== undefined)) return;
    failures = 0;
    connect();
  });
  connect();
  return () => {
    unwake();
    rest();
  };
}

/** What tRPC says when a stream ends: the same shape as the error of a call. */
function readEnd(error: unknown): { failure: unknown; retryAfter: number } {
  const { failure, retryAfter } = (error as { data?: Record<string, unknown> } | undefined)?.data ?? {};
  return { failure, retryAfter: typeof retryAfter === "number" ? retryAfter : 0 };
}
