import { seal } from "./envelope.ts";
import { nextMsgId } from "./message-id.ts";
import type { Draft, Outgoing, Session } from "./peer.ts";
import { encodeObject } from "./tl/encode.ts";
import { msgContainer } from "./tl/ids.ts";
import type { TlSchema } from "./tl/schema.ts";
import { createWriter } from "./tl/writer.ts";

/** Says things to clients: what is to be said at once goes in one container. */
export interface Outbox {
  post(session: Session, draft: Draft): void;
  /** Says an answer once more, under its old number. */
  repeat(session: Session, answer: Outgoing): void;
  /** Acknowledges a message, unless an answer comes soon. */
  acknowledge(session: Session, msgId: bigint): void;
  /** What could not be said while the connection was gone. */
  resume(session: Session): void;
}

const patience = 300;

export function createOutbox(protocol: TlSchema, clock: { now(): number }): Outbox {
  function number(session: Session, { body, isContent, answers }: Draft): Outgoing {
    const msgId = nextMsgId(session.lastMsgId, clock.now(), answers === undefined ? 3n : 1n);
    const seqno = session.contents * 2 + (isContent ? 1 : 0);
    session.lastMsgId = msgId;
    if (isContent) session.contents += 1;
    const receipt = answers === undefined ? undefined : session.received.get(answers);
    const outgoing = { msgId, seqno, body };
    if (receipt) Object.assign(receipt, { state: "answered", answer: outgoing });
    return outgoing;
  }

  function flush(session: Session): void {
    session.flush = undefined;
    if (!session.link.isOpen()) return;
    const drafts = [...acksOf(session, protocol), ...session.drafts.splice(0).sort(errorsLast)];
    const messages = [...session.again.splice(0), ...drafts.map((draft) => number(session, draft))];
    const [first, second] = messages;
    if (!first) return;
    const whole = second ? number(session, { body: containerOf(messages), isContent: false }) : first;
    const { id: sessionId, key } = session;
    session.link.send(seal(key.secret, "server", { ...whole, salt: key.salts.current(), sessionId }));
  }

  function schedule(session: Session, delay: number): void {
    if (delay > 0 && session.flush) return;
    clearTimeout(session.flush);
    session.flush = setTimeout(flush, delay, session);
    session.flush.unref();
  }

  return {
    post: (session, draft) => {
      session.drafts.push(draft);
      if (draft.answers !== undefined) session.acks.delete(draft.answers);
      schedule(session, 0);
    },
    repeat: (session, answer) => {
      session.again.push(answer);
      schedule(session, 0);
    },
    acknowledge: (session, msgId) => {
      session.acks.add(msgId);
      schedule(session, patience);
    },
    resume: (session) => {
      if (session.drafts.length > 0 || session.again.length > 0) schedule(session, 0);
    },
  };
}

const errorsLast = (left: Draft, right: Draft): number =>
  Number(left.isError ?? false) - Number(right.isError ?? false);

function acksOf(session: Session, protocol: TlSchema): Draft[] {
  if (session.acks.size === 0) return [];
  const body = encodeObject(protocol, { _: "msgs_ack", msgIds: [...session.acks] });
  session.acks.clear();
  return [{ body, isContent: false }];
}

function containerOf(messages: readonly Outgoing[]): Buffer {
  const writer = createWriter().int(msgContainer).int(messages.length);
  for (const { msgId, seqno, body } of messages) writer.long(msgId).int(seqno).int(body.length).raw(body);
  return writer.done();
}
