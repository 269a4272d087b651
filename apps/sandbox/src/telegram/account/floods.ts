import { type Clock, minutes } from "../../clock.ts";
import { floodWait } from "./refusals.ts";

interface Tally {
  count: number;
  readonly until: number;
}

/** Counts what must not be done too often. */
export interface Floods {
  /** Refuses where it was done as often as is allowed, and says how long to wait. */
  check(subject: string, allowed: number): void;
  count(subject: string): void;
  clear(): void;
}

const period = minutes(10);

export function createFloods(clock: Clock): Floods {
  const tallies = new Map<string, Tally>();

  function current(subject: string): Tally {
    const known = tallies.get(subject);
    return known && known.until > clock.now() ? known : { count: 0, until: clock.now() + period };
  }

  return {
    check: (subject, allowed) => {
      const { count, until } = current(subject);
      if (count >= allowed) throw floodWait(Math.ceil((until - clock.now()) / 1000));
    },
    count: (subject) => {
      const tally = current(subject);
      tally.count += 1;
      tallies.set(subject, tally);
    },
    clear: () => tallies.clear(),
  };
}
