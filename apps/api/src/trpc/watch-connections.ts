import { setTimeout as sleep } from "node:timers/promises";
import type { AttemptView } from "@patchbay/core/connect";
import type { Services } from "../services.ts";
import { watchSteps } from "./watch-steps.ts";

/** What a watch of connections needs. */
export type WatchServices = Pick<Services, "connections" | "connect" | "streams" | "notifications" | "stopping">;
type Caller = Parameters<Services["connect"]["resume"]>[0];

/**
 * What an open page is told: that its stream stands, that it should look again, where an attempt that it has open stands,
 * and that no more will be told of that one.
 */
export type StreamEvent =
  | { type: "open" }
  | { type: "changed" }
  | { type: "step"; attempt: string; step: AttemptView }
  | { type: "over"; attempt: string };

interface WatchRequest {
  caller: Caller;
  /** The attempts of this caller that are to be told of. */
  attempts: readonly string[];
}

/** However quiet it is, the session is looked at this often: it may have run out. */
const maxQuietMs = 60_000;
/** Changes that come together are told together. */
const gatherMs = 50;

/**
 * The news for one session's user, and of the attempts that this page has open. Ends with the stream, with this process, and
 * with the session: `unauthenticated` then.
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
  const gone = new AbortController();
  const bell = createSignal(over);
  const queue: StreamEvent[] = [];
  const tell = (told: StreamEvent): void => {
    if (told.type !== "changed" || !queue.some(({ type }) => type === "changed")) queue.push(told);
    bell.ring();
  };
  const unsubscribe = notifications.subscribe(user, () => tell({ type: "changed" }));
  try {
    yield { type: "open" };
    const watched = { caller, over: AbortSignal.any([over, gone.signal]) };
    for (const attempt of attempts) void forwardSteps(connect, { ...watched, attemptId: attempt }, tell);
    while (!over.aborted) {
      await bell.wait(maxQuietMs);
      if (over.aborted) return;
      await connections.userOf(session);
      yield* queue.splice(0);
    }
  } finally {
    gone.abort();
    unsubscribe();
  }
}

/** Tells an attempt's steps. Why there are no more, the page is told when it asks for itself. */
async function forwardSteps(
  connect: WatchServices["connect"],
  watched: { caller: Caller; attemptId: string; over: AbortSignal },
  tell: (told: StreamEvent) => void,
): Promise<void> {
  const { attemptId: attempt, over } = watched;
  try {
    for await (const step of watchSteps(connect, watched)) tell({ type: "step", attempt, step });
  } catch {
    if (!over.aborted) tell({ type: "over", attempt });
  }
}

/** Something to wait for. What rings while nobody waits is not forgotten. */
function createSignal(over: AbortSignal) {
  let rung = false;
  let wake = () => {};
  over.addEventListener("abort", () => wake(), { once: true });
  return {
    ring: () => {
      rung = true;
      wake();
    },
    /** Whether it rang within so many milliseconds. */
    async wait(ms: number): Promise<boolean> {
      if (!rung && !over.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      if (!rung) return false;
      await sleep(gatherMs);
      rung = false;
      return true;
    },
  };
}
