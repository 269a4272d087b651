/** Choices that a seed repeats. What happens in between, on the processes' own clocks, it cannot. */
export interface Random {
  /** A number from `low` up to, but without, `high`. */
  between(low: number, high: number): number;
  whole(low: number, high: number): number;
  chance(part: number): boolean;
  pick<T>(from: readonly T[]): T;
  shuffle<T>(items: readonly T[]): T[];
  /** Its own row of choices, which others do not disturb. */
  branch(name: string): Random;
}

/** Mulberry32: small, and good enough to choose by. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (low: number, high: number) => low + Math.floor(next() * (high - low));
  return {
    between: (low, high) => low + next() * (high - low),
    whole,
    chance: (part) => next() < part,
    pick: (from) => from[whole(0, from.length)] ?? nothing(),
    shuffle: (items) =>
      items
        .map((item) => ({ item, at: next() }))
        .sort((one, other) => one.at - other.at)
        .map(({ item }) => item),
    branch: (name) => createRandom(hash(`${seed}:${name}`)),
  };
}

function nothing(): never {
  throw new Error("there is nothing to pick from");
}

/** FNV-1a. */
function hash(text: string): number {
  return [...text].reduce((sum, webhook) => Math.imul(sum ^ webhook.charCodeAt(0), 0x01000193), 0x811c9dc5) >>> 0;
}
