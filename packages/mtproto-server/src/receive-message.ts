import { randomBytes } from "node:crypto";
import { unzipSync } from "node:zlib";
import { answerCall } from "./answer-call.ts";
import { UndecryptableMessage, type DecryptedMessage, decryptMessage } from "./message-encryption.ts";
import type { ServerContext } from "./server-context.ts";
import { badMessageCodes, checkSequence, checkParity, checkMessageTime } from "./message-rules.ts";
import type { AuthKey, IncomingMessage, ClientConnection, Session } from "./state.ts";
import { answerServiceMessage } from "./service-messages.ts";
import { recordMessage, getOrCreateSession } from "./session.ts";
import { decodeObject } from "./tl/decode.ts";
import { encodeObject } from "./tl/encode.ts";
import { gzipPacked, msgContainer } from "./tl/constructor-ids.ts";
import { createReader } from "./tl/reader.ts";
import { TransportError } from "./transport-error.ts";

/** Handles an encrypted message from a connection. */
export function receiveMessage(server: ServerContext, connection: ClientConnection, payload: Buffer): void {
  const key = server.keys.find(connection.dc, payload.toString("hex", 0, 8));
  if (!key) throw new TransportError(404);
  const envelope = decryptEnvelope(key, payload);
  const session = getOrCreateSession(key, envelope.sessionId, connection);
  const at = { server, connection, session };
  if (!key.salts.accepts(envelope.salt)) return reportBadMessage(at, envelope, badMessageCodes.badSalt);
  const complaint = checkMessageTime(envelope, server.clock.now());
  if (complaint !== undefined) return reportBadMessage(at, envelope, complaint);
  handleContents(at, { msgId: envelope.msgId, seqno: envelope.seqno, body: decompressBody(envelope.body) });
  server.queue.flushPending(session);
}

interface ReceiveContext {
  readonly server: ServerContext;
  readonly connection: ClientConnection;
  readonly session: Session;
}

function decryptEnvelope(key: AuthKey, payload: Buffer): DecryptedMessage {
  try {
    return decryptMessage(key.secret, "client", payload);
  } catch (error) {
    if (error instanceof UndecryptableMessage) throw new TransportError(404);
    throw error;
  }
}

function handleContents(at: ReceiveContext, outer: IncomingMessage): void {
  if (outer.body.readUInt32LE() !== msgContainer) {
    announceSession(at, outer.msgId);
    return handleMessage(at, outer);
  }
  if (at.session.received.has(outer.msgId)) return reportBadMessage(at, outer, badMessageCodes.containerKnown);
  const inner = readContainer(outer);
  if (!inner) return reportBadMessage(at, outer, badMessageCodes.badContainer);
  const complaint = checkParity(outer, false);
  if (complaint !== undefined) return reportBadMessage(at, outer, complaint);
  announceSession(
    at,
    inner.reduce((lowest, { msgId }) => (msgId < lowest ? msgId : lowest), outer.msgId),
  );
  for (const message of inner) handleMessage(at, { ...message, body: decompressBody(message.body) });
  recordMessage(at.session, outer);
}

/** Reads the messages of a container. Returns undefined if it is malformed: each message is older than its container. */
function readContainer({ msgId: outerId, body }: IncomingMessage): IncomingMessage[] | undefined {
  const reader = createReader(body.subarray(4));
  const count = reader.int();
  if (count < 0 || count > 1020) return undefined;
  const messages: IncomingMessage[] = [];
  while (messages.length < count) {
    if (reader.remaining() < 16) return undefined;
    const [msgId, seqno, length] = [reader.long(), reader.int(), reader.int()];
    if (msgId >= outerId || length < 4 || length > reader.remaining()) return undefined;
    messages.push({ msgId, seqno, body: reader.raw(length) });
  }
  return messages;
}

function handleMessage(at: ReceiveContext, message: IncomingMessage): void {
  const { server, session } = at;
  const known = session.received.get(message.msgId);
  if (known?.answer) return server.queue.resend(session, known.answer);
  if (known) return server.queue.acknowledge(session, message.msgId);
  const reader = createReader(message.body);
  const definition = server.schemas.protocol.byId.get(message.body.readUInt32LE());
  const complaint =
    message.msgId % 4n === 0n ? checkMessage(at, message, definition === undefined) : badMessageCodes.notDivisible;
  if (complaint !== undefined) return reportBadMessage(at, message, complaint);
  const incoming = { ...at, message, record: recordMessage(session, message) };
  if (definition && answerServiceMessage(incoming, decodeObject(server.schemas.protocol, reader))) return;
  void answerCall(incoming);
}

/** Methods count in the sequence. Clients differ on the protocol's own messages: some count even acknowledgments. */
const checkMessage = ({ session, server }: ReceiveContext, message: IncomingMessage, isMethod: boolean) =>
  (isMethod ? checkParity(message, true) : undefined) ?? checkSequence(session, message, server.clock.now());

/** Tells the client, once, that the server knows nothing from before this message. */
function announceSession({ server, session }: ReceiveContext, firstMsgId: bigint): void {
  if (session.isAnnounced) return;
  session.isAnnounced = true;
  const uniqueId = randomBytes(8).readBigInt64LE();
  const serverSalt = session.key.salts.current();
  const body = encodeObject(server.schemas.protocol, { _: "new_session_created", firstMsgId, uniqueId, serverSalt });
  server.queue.enqueue(session, { body, isContent: true });
}

function reportBadMessage({ server, session }: ReceiveContext, { msgId, seqno }: IncomingMessage, code: number): void {
  const bad = { badMsgId: msgId, badMsgSeqno: seqno, errorCode: code };
  const notice =
    code === badMessageCodes.badSalt
      ? { _: "bad_server_salt", ...bad, newServerSalt: session.key.salts.current() }
      : { _: "bad_msg_notification", ...bad };
  const body = encodeObject(server.schemas.protocol, notice);
  server.queue.enqueue(session, { body, isContent: false, answers: msgId });
}

const maxBodyBytes = 10_000_000;

/** Decompresses a body that may be compressed with gzip or zlib. */
function decompressBody(body: Buffer): Buffer {
  if (body.readUInt32LE() !== gzipPacked) return body;
  return unzipSync(createReader(body.subarray(4)).bytes(), { maxOutputLength: maxBodyBytes });
}
