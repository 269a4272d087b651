import type { TlObject } from "./rpc.ts";
import type { ReceivedMessage } from "./server-context.ts";
import type { DraftMessage, Session } from "./state.ts";
import { encodeObject } from "./tl/encode.ts";
import { requireInt, requireLong, requireLongs } from "./tl/fields.ts";
import { rpcResult } from "./tl/constructor-ids.ts";
import { createWriter } from "./tl/writer.ts";

/** Answers one kind of message about the protocol itself. */
type ServiceMessageHandler = (incoming: ReceivedMessage, query: TlObject) => void;

const ignoreMessage: ServiceMessageHandler = () => undefined;

const serviceMessageHandlers: Readonly<Record<string, ServiceMessageHandler>> = {
  msgs_ack: ignoreMessage,
  msgs_all_info: ignoreMessage,
  msgs_state_info: ignoreMessage,
  http_wait: ignoreMessage,
  ping: answerPing,
  ping_delay_disconnect: (incoming, query) => {
    incoming.connection.expectPing(requireInt(query, "disconnectDelay"));
    answerPing(incoming, query);
  },
  get_future_salts: answerFutureSalts,
  msgs_state_req: (incoming, query) => sendMessageStates(incoming, requireLongs(query, "msgIds")),
  msg_resend_req: resendAnswers,
  destroy_session: destroySession,
  destroy_auth_key: (incoming) => {
    sendReply(incoming, { _: "destroy_auth_key_ok" });
    incoming.server.destroyKey(incoming.session.key);
  },
  rpc_drop_answer: dropAnswer,
};

/** Answers a message about the protocol. Returns false for any other message. */
export function answerServiceMessage(incoming: ReceivedMessage, query: TlObject): boolean {
  const service = Object.hasOwn(serviceMessageHandlers, query._) ? serviceMessageHandlers[query._] : undefined;
  service?.(incoming, query);
  return service !== undefined;
}

const createDraft = ({ server, message }: ReceivedMessage, object: TlObject): DraftMessage => ({
  body: encodeObject(server.schemas.protocol, object),
  isContent: false,
  answers: message.msgId,
});

function sendReply(incoming: ReceivedMessage, object: TlObject): void {
  incoming.server.queue.enqueue(incoming.session, createDraft(incoming, object));
}

function answerPing(incoming: ReceivedMessage, query: TlObject): void {
  if (incoming.server.faults.take("ping")) return;
  sendReply(incoming, { _: "pong", msgId: incoming.message.msgId, pingId: requireLong(query, "pingId") });
}

function answerFutureSalts(incoming: ReceivedMessage, query: TlObject): void {
  const salts = incoming.session.key.salts.listFuture(requireInt(query, "num"));
  sendReply(incoming, {
    _: "future_salts",
    reqMsgId: incoming.message.msgId,
    now: Math.floor(incoming.server.clock.now() / 1000),
    salts: salts.map((salt) => ({ _: "future_salt", ...salt })),
  });
}

function sendMessageStates(incoming: ReceivedMessage, msgIds: readonly bigint[]): void {
  const info = Buffer.from(msgIds.map((msgId) => encodeMessageState(incoming.session, msgId)));
  sendReply(incoming, { _: "msgs_state_info", reqMsgId: incoming.message.msgId, info });
}

/** 4: received, plus 32 while the server works on it, plus 64 once it is answered. 1, 2, 3: too old, missing, in the future. */
function encodeMessageState({ received }: Session, msgId: bigint): number {
  const record = received.get(msgId);
  if (record) return { taken: 4, working: 4 + 32, answered: 4 + 32 + 64, dropped: 4 + 32 }[record.state];
  const known = [...received.keys()];
  if (known.every((id) => id > msgId)) return 1;
  return known.every((id) => id < msgId) ? 3 : 2;
}

/** Sends answers again. If one of them is unknown, sends what is known of all messages instead. */
function resendAnswers(incoming: ReceivedMessage, query: TlObject): void {
  const { session, server } = incoming;
  const msgIds = requireLongs(query, "msgIds");
  const answers = [...session.received.values()].flatMap(({ answer }) => answer ?? []);
  const meant = msgIds.flatMap((msgId) => answers.find((answer) => answer.msgId === msgId) ?? []);
  if (meant.length < msgIds.length) return sendMessageStates(incoming, msgIds);
  for (const answer of meant) server.queue.resend(session, answer);
}

function destroySession(incoming: ReceivedMessage, query: TlObject): void {
  const sessionId = requireLong(query, "sessionId");
  const { session } = incoming;
  const isGone = sessionId !== session.id && session.key.sessions.delete(sessionId);
  sendReply(incoming, { _: isGone ? "destroy_session_ok" : "destroy_session_none", sessionId });
}

function dropAnswer(incoming: ReceivedMessage, query: TlObject): void {
  const { session, message, server } = incoming;
  const record = session.received.get(requireLong(query, "reqMsgId"));
  const isRunning = record?.state === "working";
  if (isRunning) record.state = "dropped";
  const { body } = createDraft(incoming, { _: isRunning ? "rpc_answer_dropped_running" : "rpc_answer_unknown" });
  server.queue.enqueue(session, {
    body: encodeRpcResult(message.msgId, body),
    isContent: true,
    answers: message.msgId,
  });
}

/** Encodes a method's answer as an rpc_result. */
export const encodeRpcResult = (msgId: bigint, body: Buffer): Buffer =>
  createWriter().int(rpcResult).long(msgId).raw(body).done();
