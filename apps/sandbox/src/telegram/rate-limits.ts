import { type Clock, minutes } from "../clock.ts";
import { floodWait } from "./refusals.ts";

interface Tally {
  count: number;
  readonly until: number;
}

/** Limits how often something may be done. */
export interface RateLimits {
  /** Throws FLOOD_WAIT if the limit is reached. */
  requireBelow(subject: string, allowed: number): void;
  countUse(subject: string): void;
  clear(): void;
}

const periodMs = minutes(10);

/** Creates rate limits without any use. */
export function createRateLimits(clock: Clock): RateLimits {
  const tallies = new Map<string, Tally>();

  function current(subject: string): Tally {
    const known = tallies.get(subject);
    return known && known.until > clock.now() ? known : { count: 0, until: clock.now() + periodMs };
  }

  return {
    requireBelow: (subject, allowed) => {
      const { count, until } = current(subject);
      if (count >= allowed) throw floodWait(Math.ceil((until - clock.now()) / 1000));
    },
    countUse: (subject) => {
      const tally = current(subject);
      tally.count += 1;
      tallies.set(subject, tally);
    },
    clear: () => tallies.clear(),
  };
}
