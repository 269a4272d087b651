import type { ServerClock } from "./clock.ts";
import { encryptMessage } from "./message-encryption.ts";
import { createMessageId } from "./message-id.ts";
import type { DraftMessage, OutgoingMessage, Session } from "./state.ts";
import { encodeObject } from "./tl/encode.ts";
import { msgContainer } from "./tl/constructor-ids.ts";
import type { TlSchema } from "./tl/schema.ts";
import { createWriter } from "./tl/writer.ts";

/** Sends messages to clients. Messages of the same moment go out in one container. */
export interface MessageQueue {
  enqueue(session: Session, draft: DraftMessage): void;
  /** Sends an answer again, under its old id. */
  resend(session: Session, answer: OutgoingMessage): void;
  /** Acknowledges a message, unless an answer is sent soon. */
  acknowledge(session: Session, msgId: bigint): void;
  /** Sends what waited while the session had no connection. */
  flushPending(session: Session): void;
}

const ackDelayMs = 300;

/** Creates the queue of all sessions. */
export function createMessageQueue(protocol: TlSchema, clock: ServerClock): MessageQueue {
  function number(session: Session, { body, isContent, answers }: DraftMessage): OutgoingMessage {
    const msgId = createMessageId(session.lastMsgId, clock.now(), answers === undefined ? 3n : 1n);
    const seqno = session.contentCount * 2 + (isContent ? 1 : 0);
    session.lastMsgId = msgId;
    if (isContent) session.contentCount += 1;
    const record = answers === undefined ? undefined : session.received.get(answers);
    const outgoing = { msgId, seqno, body };
    if (record) Object.assign(record, { state: "answered", answer: outgoing });
    return outgoing;
  }

  function flush(session: Session): void {
    session.flushTimer = undefined;
    if (!session.connection.isOpen()) return;
    const drafts = [...takeAcks(session, protocol), ...session.drafts.splice(0).sort(errorsLast)];
    const messages = [...session.resends.splice(0), ...drafts.map((draft) => number(session, draft))];
    const [first, second] = messages;
    if (!first) return;
    const whole = second ? number(session, { body: encodeContainer(messages), isContent: false }) : first;
    const { id: sessionId, key } = session;
    session.connection.send(encryptMessage(key.secret, "server", { ...whole, salt: key.salts.current(), sessionId }));
  }

  function schedule(session: Session, delay: number): void {
    if (delay > 0 && session.flushTimer) return;
    clearTimeout(session.flushTimer);
    session.flushTimer = setTimeout(flush, delay, session);
    session.flushTimer.unref();
  }

  return {
    enqueue: (session, draft) => {
      session.drafts.push(draft);
      if (draft.answers !== undefined) session.pendingAcks.delete(draft.answers);
      schedule(session, 0);
    },
    resend: (session, answer) => {
      session.resends.push(answer);
      schedule(session, 0);
    },
    acknowledge: (session, msgId) => {
      session.pendingAcks.add(msgId);
      schedule(session, ackDelayMs);
    },
    flushPending: (session) => {
      if (session.drafts.length > 0 || session.resends.length > 0) schedule(session, 0);
    },
  };
}

const errorsLast = (left: DraftMessage, right: DraftMessage): number =>
  Number(left.isError ?? false) - Number(right.isError ?? false);

function takeAcks(session: Session, protocol: TlSchema): DraftMessage[] {
  if (session.pendingAcks.size === 0) return [];
  const body = encodeObject(protocol, { _: "msgs_ack", msgIds: [...session.pendingAcks] });
  session.pendingAcks.clear();
  return [{ body, isContent: false }];
}

function encodeContainer(messages: readonly OutgoingMessage[]): Buffer {
  const writer = createWriter().int(msgContainer).int(messages.length);
  for (const { msgId, seqno, body } of messages) writer.long(msgId).int(seqno).int(body.length).raw(body);
  return writer.done();
}
