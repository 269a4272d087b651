import { randomBytes } from "node:crypto";

/** A key's server salts: a new one every half hour, the last one taken for half an hour more. */
export interface Salts {
  current(): bigint;
  accepts(salt: bigint): boolean;
  /** So many from now on, as future_salts lists them; times in seconds. */
  future(count: number): { validSince: number; validUntil: number; salt: bigint }[];
}

const period = 30 * 60_000;

export function createSalts(first: bigint, clock: { now(): number }): Salts {
  const begun = clock.now();
  const drawn = new Map([[0, first]]);
  const index = (): number => Math.floor((clock.now() - begun) / period);

  function salt(at: number): bigint {
    const known = drawn.get(at) ?? randomBytes(8).readBigInt64LE();
    drawn.set(at, known);
    return known;
  }

  return {
    current: () => salt(index()),
    accepts: (given) => given === salt(index()) || given === salt(index() - 1),
    future: (count) =>
      Array.from({ length: Math.min(Math.max(count, 1), 64) }, (_none, offset) => {
        const since = Math.floor((begun + (index() + offset) * period) / 1000);
        return { validSince: since, validUntil: since + period / 500, salt: salt(index() + offset) };
      }),
  };
}
