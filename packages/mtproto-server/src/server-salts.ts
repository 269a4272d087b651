import type { ServerClock } from "./clock.ts";
import { randomBytes } from "node:crypto";

/** The server salts of a key: a new one every half hour. The previous one is accepted for another half hour. */
export interface ServerSalts {
  current(): bigint;
  accepts(salt: bigint): boolean;
  /** Lists salts from now on, as future_salts does. Times are in seconds. */
  listFuture(count: number): { validSince: number; validUntil: number; salt: bigint }[];
}

const saltPeriodMs = 30 * 60_000;

/** Creates the salts of a key, beginning with the one of the key exchange. */
export function createServerSalts(first: bigint, clock: ServerClock): ServerSalts {
  const begun = clock.now();
  const drawn = new Map([[0, first]]);
  const index = (): number => Math.floor((clock.now() - begun) / saltPeriodMs);

  function salt(at: number): bigint {
    const known = drawn.get(at) ?? randomBytes(8).readBigInt64LE();
    drawn.set(at, known);
    return known;
  }

  return {
    current: () => salt(index()),
    accepts: (given) => given === salt(index()) || given === salt(index() - 1),
    listFuture: (count) =>
      Array.from({ length: Math.min(Math.max(count, 1), 64) }, (_none, offset) => {
        const since = Math.floor((begun + (index() + offset) * saltPeriodMs) / 1000);
        return { validSince: since, validUntil: since + saltPeriodMs / 500, salt: salt(index() + offset) };
      }),
  };
}
