import { isAhead, getMessageTime } from "./message-id.ts";
import type { IncomingMessage, Session } from "./state.ts";
import { maxRememberedMessages } from "./session.ts";

/** The reasons of bad_msg_notification. */
export const badMessageCodes = {
  tooLow: 16,
  tooHigh: 17,
  notDivisible: 18,
  containerKnown: 19,
  tooOld: 20,
  seqnoTooLow: 32,
  seqnoTooHigh: 33,
  evenExpected: 34,
  oddExpected: 35,
  badSalt: 48,
  badContainer: 64,
} as const;

type BadMessageCode = (typeof badMessageCodes)[keyof typeof badMessageCodes];

/** Checks a message's id against the server's clock: up to five minutes old, up to half a minute ahead, divisible by four. */
export function checkMessageTime({ msgId }: IncomingMessage, now: number): BadMessageCode | undefined {
  if (msgId % 4n !== 0n) return badMessageCodes.notDivisible;
  if (getMessageTime(msgId) < now / 1000 - 300) return badMessageCodes.tooLow;
  return isAhead(msgId, now) ? badMessageCodes.tooHigh : undefined;
}

/** Checks a message's sequence number against those of the other messages. Messages from before the clock was set back do not count. */
export function checkSequence(
  { received }: Session,
  { msgId, seqno }: IncomingMessage,
  now: number,
): BadMessageCode | undefined {
  const isOdd = seqno % 2 !== 0;
  if (received.size >= maxRememberedMessages && [...received.keys()].every((id) => id > msgId))
    return badMessageCodes.tooOld;
  for (const [otherId, other] of received) {
    if (isAhead(otherId, now)) continue;
    if (otherId < msgId && (other.seqno > seqno || (isOdd && other.seqno === seqno)))
      return badMessageCodes.seqnoTooLow;
    if (otherId > msgId && (other.seqno < seqno || (isOdd && other.seqno === seqno)))
      return badMessageCodes.seqnoTooHigh;
  }
  return undefined;
}

/** Checks whether a message's number is odd, which means that it must be acknowledged. Acknowledgments and containers are even. */
export function checkParity({ seqno }: IncomingMessage, isContent: boolean): BadMessageCode | undefined {
  const isOdd = seqno % 2 !== 0;
  if (isContent === isOdd) return undefined;
  return isContent ? badMessageCodes.oddExpected : badMessageCodes.evenExpected;
}
