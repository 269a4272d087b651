import { isAhead, timeOf } from "./message-id.ts";
import type { Incoming, Session } from "./peer.ts";
import { remembered } from "./session.ts";

/** Why a message is ignored, as bad_msg_notification says it. */
export const complaints = {
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

type Complaint = (typeof complaints)[keyof typeof complaints];

/** A message's id against the server's clock: five minutes back, half a minute ahead, divisible by four. */
export function judgeTime({ msgId }: Incoming, now: number): Complaint | undefined {
  if (msgId % 4n !== 0n) return complaints.notDivisible;
  if (timeOf(msgId) < now / 1000 - 300) return complaints.tooLow;
  return isAhead(msgId, now) ? complaints.tooHigh : undefined;
}

/** A message's sequence number against those of the messages around it; those from before the clock was set back do not count. */
export function judgeOrder({ received }: Session, { msgId, seqno }: Incoming, now: number): Complaint | undefined {
  const isOdd = seqno % 2 !== 0;
  if (received.size >= remembered && [...received.keys()].every((id) => id > msgId)) return complaints.tooOld;
  for (const [otherId, other] of received) {
    if (isAhead(otherId, now)) continue;
    if (otherId < msgId && (other.seqno > seqno || (isOdd && other.seqno === seqno))) return complaints.seqnoTooLow;
    if (otherId > msgId && (other.seqno < seqno || (isOdd && other.seqno === seqno))) return complaints.seqnoTooHigh;
  }
  return undefined;
}

/** Whether a message counts in the sequence: what is to be acknowledged does, acknowledgments and containers do not. */
export function judgeParity({ seqno }: Incoming, isContent: boolean): Complaint | undefined {
  const isOdd = seqno % 2 !== 0;
  if (isContent === isOdd) return undefined;
  return isContent ? complaints.oddExpected : complaints.evenExpected;
}
