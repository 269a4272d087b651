/**
 * Creates a message id: Unix time in the upper half, and at the end 1 for an answer, 3 for any other message of the server.
 * It is higher than the last one, unless the server's clock was set back.
 */
export function createMessageId(last: bigint, now: number, parity: 1n | 3n): bigint {
  const wanted = ((BigInt(Math.floor(now)) << 32n) / 1000n) & ~3n;
  const lowest = (last & ~3n) + 4n;
  return (wanted > lowest || isAhead(last, now) ? wanted : lowest) | parity;
}

const leewaySeconds = 30;

/** Whether a message's id is further in the future than two clocks may differ. */
export const isAhead = (msgId: bigint, now: number): boolean => getMessageTime(msgId) - now / 1000 > leewaySeconds;

/** The time in a message's id, in seconds. */
export const getMessageTime = (msgId: bigint): number => Number(msgId >> 32n);
