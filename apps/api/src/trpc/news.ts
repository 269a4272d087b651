import { setTimeout as sleep } from "node:timers/promises";
import type { Calls } from "../calls.ts";

/** What an open page is told: that its stream stands, and that it should look again. */
export type Told = { type: "open" } | { type: "changed" };

/** However quiet it is, the session is looked at this often: it may have run out. */
const longestQuietMs = 60_000;
/** Changes that come together are told together. */
const gatherMs = 50;

/**
 * The news for one session's user. Ends with the stream, with this process, and with the session: `unauthenticated` then.
 */
export async function* watchConnections(
  { connections, streams, news, stopping }: Pick<Calls, "connections" | "streams" | "news" | "stopping">,
  session: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Told> {
  const user = await connections.userOf(session);
  using _stream = streams.open(user);
  const over = AbortSignal.any([stopping, ...(signal ? [signal] : [])]);
  const bell = createBell(over);
  const unsubscribe = news.subscribe(user, bell.ring);
  try {
    yield { type: "open" };
    while (!over.aborted) {
      const rung = await bell.wait(longestQuietMs);
      if (over.aborted) return;
      await connections.userOf(session);
      if (rung) yield { type: "changed" };
    }
  } finally {
    unsubscribe();
  }
}

/** Something to wait for. What rings while nobody waits is not forgotten. */
function createBell(over: AbortSignal) {
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
