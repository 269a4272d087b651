import { failureOf } from "../failure.ts";
import type { Failure } from "../sentences.ts";
import type { Doors } from "./doors.ts";
import type { Scan, Step, Waiting } from "./step.ts";

/** How often it is asked where nothing is told, and the most that it is asked at all. */
const PAUSE = 2_000;
/** However well the stream seems and whatever the clocks say, it is asked this often. */
const LONGEST = 30_000;

interface Follower {
  doors: Doors;
  /** The step as it stands. */
  step: () => Waiting | undefined;
  arrived: (step: Step) => void;
  failed: (failure: Failure) => void;
}

/** Waits beside a step: for its attempt to end and, where it is a code to scan, for what happens elsewhere. */
export function attend(step: Waiting, follower: Follower): () => void {
  const left = Date.parse(step.expiresAt) - Date.now();
  // A clock that is far ahead would end every attempt at once. Then the API will say so.
  const end = left > 0 ? setTimeout(() => follower.failed({ code: "attempt_unknown" }), left) : undefined;
  const unfollow = step.type === "scan" ? follow(step, follower) : undefined;
  return () => {
    clearTimeout(end);
    unfollow?.();
  };
}

/** By the stream, by asking where there is none, and by asking for another code when this one runs out. */
function follow({ attempt, ...first }: Scan, { doors, step, arrived, failed }: Follower): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  let live = false;
  const until = (): string => {
    const now = step();
    return now?.type === "scan" ? now.until : first.until;
  };
  const left = (): number => Date.parse(until()) - Date.now();

  const plan = (pause = live ? Math.min(Math.max(left(), PAUSE), LONGEST) : PAUSE): void => {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(() => void ask(), pause);
  };
  const ask = async (): Promise<void> => {
    try {
      const next = await doors.resume({ attempt, values: {} });
      if (!ended || next.type === "connected") arrived(next);
      plan();
    } catch (error) {
      const failure = failureOf(error);
      if (!ended) failed(failure);
      plan(Math.max(PAUSE, (failure.retryAfter ?? 0) * 1000));
    }
  };

  const unwatch = doors.watch(attempt, {
    arrived: (next) => {
      if (ended) return;
      arrived(next);
      plan();
    },
    live: (now) => {
      if (live === now) return;
      live = now;
      plan();
    },
  });
  plan(left() > 0 ? PAUSE : 0);
  return () => {
    ended = true;
    clearTimeout(timer);
    unwatch();
  };
}
