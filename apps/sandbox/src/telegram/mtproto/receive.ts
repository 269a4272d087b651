import { randomBytes } from "node:crypto";
import { unzipSync } from "node:zlib";
import { answerCall } from "./answer.ts";
import { BadEnvelope, type Envelope, open } from "./envelope.ts";
import type { Hub } from "./hub.ts";
import { complaints, judgeOrder, judgeParity, judgeTime } from "./judge.ts";
import type { AuthKey, Incoming, Link, Session } from "./peer.ts";
import { serve } from "./service.ts";
import { note, sessionOf } from "./session.ts";
import { decodeObject } from "./tl/decode.ts";
import { encodeObject } from "./tl/encode.ts";
import { gzipPacked, msgContainer } from "./tl/ids.ts";
import { createReader } from "./tl/reader.ts";
import { TransportError } from "./transport-error.ts";

/** Takes an encrypted message from a connection. */
export function receive(hub: Hub, link: Link, payload: Buffer): void {
  const key = hub.keys.find(link.dc, payload.toString("hex", 0, 8));
  if (!key) throw new TransportError(404);
  const envelope = opened(key, payload);
  const session = sessionOf(key, envelope.sessionId, link);
  const at = { hub, link, session };
  if (!key.salts.accepts(envelope.salt)) return complain(at, envelope, complaints.badSalt);
  const complaint = judgeTime(envelope, hub.clock.now());
  if (complaint !== undefined) return complain(at, envelope, complaint);
  take(at, { msgId: envelope.msgId, seqno: envelope.seqno, body: unpacked(envelope.body) });
  hub.outbox.resume(session);
}

interface Place {
  readonly hub: Hub;
  readonly link: Link;
  readonly session: Session;
}

function opened(key: AuthKey, payload: Buffer): Envelope {
  try {
    return open(key.secret, "client", payload);
  } catch (error) {
    if (error instanceof BadEnvelope) throw new TransportError(404);
    throw error;
  }
}

function take(at: Place, outer: Incoming): void {
  if (outer.body.readUInt32LE() !== msgContainer) {
    announce(at, outer.msgId);
    return takeOne(at, outer);
  }
  if (at.session.received.has(outer.msgId)) return complain(at, outer, complaints.containerKnown);
  const inner = contentsOf(outer);
  if (!inner) return complain(at, outer, complaints.badContainer);
  const complaint = judgeParity(outer, false);
  if (complaint !== undefined) return complain(at, outer, complaint);
  announce(
    at,
    inner.reduce((lowest, { msgId }) => (msgId < lowest ? msgId : lowest), outer.msgId),
  );
  for (const message of inner) takeOne(at, { ...message, body: unpacked(message.body) });
  note(at.session, outer);
}

/** The messages of a container, or undefined where it is none: each has its own place, and was made before it. */
function contentsOf({ msgId: outerId, body }: Incoming): Incoming[] | undefined {
  const reader = createReader(body.subarray(4));
  const count = reader.int();
  if (count < 0 || count > 1020) return undefined;
  const messages: Incoming[] = [];
  while (messages.length < count) {
    if (reader.remaining() < 16) return undefined;
    const [msgId, seqno, length] = [reader.long(), reader.int(), reader.int()];
    if (msgId >= outerId || length < 4 || length > reader.remaining()) return undefined;
    messages.push({ msgId, seqno, body: reader.raw(length) });
  }
  return messages;
}

function takeOne(at: Place, message: Incoming): void {
  const { hub, session } = at;
  const known = session.received.get(message.msgId);
  if (known?.answer) return hub.outbox.repeat(session, known.answer);
  if (known) return hub.outbox.acknowledge(session, message.msgId);
  const reader = createReader(message.body);
  const definition = hub.schemas.protocol.byId.get(message.body.readUInt32LE());
  const complaint =
    message.msgId % 4n === 0n ? judgeOne(at, message, definition === undefined) : complaints.notDivisible;
  if (complaint !== undefined) return complain(at, message, complaint);
  const arrival = { ...at, message, receipt: note(session, message) };
  if (definition && serve(arrival, decodeObject(hub.schemas.protocol, reader))) return;
  void answerCall(arrival);
}

/** Methods count in the sequence; for the protocol's own messages clients differ, and some count even acknowledgments. */
const judgeOne = ({ session, hub }: Place, message: Incoming, isMethod: boolean) =>
  (isMethod ? judgeParity(message, true) : undefined) ?? judgeOrder(session, message, hub.clock.now());

/** Tells the client, once, that nothing from before this message is known. */
function announce({ hub, session }: Place, firstMsgId: bigint): void {
  if (session.isAnnounced) return;
  session.isAnnounced = true;
  const uniqueId = randomBytes(8).readBigInt64LE();
  const serverSalt = session.key.salts.current();
  const body = encodeObject(hub.schemas.protocol, { _: "new_session_created", firstMsgId, uniqueId, serverSalt });
  hub.outbox.post(session, { body, isContent: true });
}

function complain({ hub, session }: Place, { msgId, seqno }: Incoming, code: number): void {
  const bad = { badMsgId: msgId, badMsgSeqno: seqno, errorCode: code };
  const notice =
    code === complaints.badSalt
      ? { _: "bad_server_salt", ...bad, newServerSalt: session.key.salts.current() }
      : { _: "bad_msg_notification", ...bad };
  const body = encodeObject(hub.schemas.protocol, notice);
  hub.outbox.post(session, { body, isContent: false, answers: msgId });
}

const largest = 10_000_000;

/** The body of a message that may have come compressed, by gzip or by zlib. */
function unpacked(body: Buffer): Buffer {
  if (body.readUInt32LE() !== gzipPacked) return body;
  return unzipSync(createReader(body.subarray(4)).bytes(), { maxOutputLength: largest });
}
