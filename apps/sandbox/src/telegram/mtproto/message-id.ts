/**
 * Unix time in the upper half, and at the end 1 for an answer, 3 for what the server says of its own accord.
 * Always higher than the one before, unless the sandbox's clock was set back.
 */
export function nextMsgId(last: bigint, now: number, parity: 1n | 3n): bigint {
  const wanted = ((BigInt(Math.floor(now)) << 32n) / 1000n) & ~3n;
  const lowest = (last & ~3n) + 4n;
  return (wanted > lowest || isAhead(last, now) ? wanted : lowest) | parity;
}

const leeway = 30;

/** A message from further in the future than clocks may differ. */
export const isAhead = (msgId: bigint, now: number): boolean => timeOf(msgId) - now / 1000 > leeway;

/** The time in a message's id, in seconds. */
export const timeOf = (msgId: bigint): number => Number(msgId >> 32n);
