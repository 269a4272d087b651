import { setTimeout as sleep } from "node:timers/promises";
import type { AttemptView } from "@patchbay/core/connect";
import type { Services } from "../services.ts";
import { watchSteps } from "./watch-steps.ts";

/** What a watch of connections needs. */
export type WatchServices = Pick<Services, "connections" | "connect" | "streams" | "notifications" | "stopping">;
type Caller = Parameters<Services["connect"]["resume"]>[0];

/**
 * What an open page is sent: that its stream is open, that its list has changed, the step of an attempt that it watches, and
 * that this attempt is over.
 */
export type StreamEvent =
  | { type: "open" }
  | { type: "changed" }
  | { type: "step"; attempt: string; step: AttemptView }
  | { type: "over"; attempt: string };

interface WatchRequest {
  caller: Caller;
  /** The attempts of this caller whose steps are sent. */
  attempts: readonly string[];
}

/** The session is checked this often, even if nothing changes: it may have expired. */
const maxQuietMs = 60_000;
/** Changes within this time are sent as one event. */
const gatherMs = 50;

/**
 * Sends what changes for the user of a session, and the steps of the attempts that this page has open. Ends when the page
 * closes the stream, when this process stops, and with the session: then it throws `unauthenticated`.
 */
export async function* watchConnections(
  { connections, connect, streams, notifications, stopping }: WatchServices,
  { caller, attempts }: WatchRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<StreamEvent> {
  const { session } = caller;
  const user = await connections.userOf(session);
  using _stream = streams.open(user);
  const over = AbortSignal.any([stopping, ...(signal ? [signal] : [])]);
  const closed = new AbortController();
  const wakeUp = createWakeUp(over);
  const queue: StreamEvent[] = [];
  const send = (event: StreamEvent): void => {
    if (event.type !== "changed" || !queue.some(({ type }) => type === "changed")) queue.push(event);
    wakeUp.set();
  };
  const unsubscribe = notifications.subscribe(user, () => send({ type: "changed" }));
  try {
    yield { type: "open" };
    const watched = { caller, over: AbortSignal.any([over, closed.signal]) };
    for (const attempt of attempts) void forwardSteps(connect, { ...watched, attemptId: attempt }, send);
    while (!over.aborted) {
      await wakeUp.wait(maxQuietMs);
      if (over.aborted) return;
      await connections.userOf(session);
      yield* queue.splice(0);
    }
  } finally {
    closed.abort();
    unsubscribe();
  }
}

/** Sends the steps of an attempt. If it is over, the page is told only that: it asks for the reason itself. */
async function forwardSteps(
  connect: WatchServices["connect"],
  watched: { caller: Caller; attemptId: string; over: AbortSignal },
  send: (event: StreamEvent) => void,
): Promise<void> {
  const { attemptId: attempt, over } = watched;
  try {
    for await (const step of watchSteps(connect, watched)) send({ type: "step", attempt, step });
  } catch {
    if (!over.aborted) send({ type: "over", attempt });
  }
}

/** Creates an event that one loop waits for. An event that is set while nobody waits is kept for the next wait. */
function createWakeUp(over: AbortSignal) {
  let isSet = false;
  let wake = () => {};
  over.addEventListener("abort", () => wake(), { once: true });
  return {
    set: () => {
      isSet = true;
      wake();
    },
    /** Waits for `ms` milliseconds at most. Gives whether the event was set. */
    async wait(ms: number): Promise<boolean> {
      if (!isSet && !over.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      if (!isSet) return false;
      await sleep(gatherMs);
      isSet = false;
      return true;
    },
  };
}
