import type { Step } from "../walk/step.ts";
import type { Attempts } from "./attempts.ts";

/** Dialogs that open and close at once are one change. */
const gatherMs = 50;

type Told = { type?: string; attempt?: string; step?: Step };

/** What the stream is asked to tell of the attempts that dialogs have open, and what becomes of that. */
export function createTelling(attempts: Attempts, again: () => void) {
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let asked: readonly string[] = [];
  /** Those that the stream still tells of. */
  let told: readonly string[] = [];
  const unwatch = attempts.onChange(() => {
    clearTimeout(gathering);
    gathering = setTimeout(() => {
      if (pathOf(attempts.list()) !== pathOf(asked)) again();
    }, gatherMs);
  });
  return {
    /** The stream to ask for now. */
    path: (): string => {
      asked = attempts.list();
      told = asked;
      return pathOf(asked);
    },
    live: (live: boolean): void => attempts.live(told, live),
    /** Whether it was about an attempt. */
    hear: (datum: unknown): boolean => {
      const { type, attempt = "", step } = datum as Told;
      if (type === "step" && step) attempts.arrived(attempt, step);
      else if (type === "over") {
        attempts.live([attempt], false);
        told = told.filter((one) => one !== attempt);
      } else return false;
      return true;
    },
    stop: (): void => {
      clearTimeout(gathering);
      unwatch();
    },
  };
}

const pathOf = (asked: readonly string[]): string =>
  asked.length === 0
    ? "connections.watch"
    : `connections.watch?input=${encodeURIComponent(JSON.stringify({ attempts: asked }))}`;
