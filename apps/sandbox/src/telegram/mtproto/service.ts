import type { TlObject } from "../rpc.ts";
import type { Arrival } from "./hub.ts";
import type { Draft, Session } from "./peer.ts";
import { encodeObject } from "./tl/encode.ts";
import { intOf, longOf, longsOf } from "./tl/fields.ts";
import { rpcResult } from "./tl/ids.ts";
import { createWriter } from "./tl/writer.ts";

/** A client's words about the protocol itself. */
type Service = (arrival: Arrival, query: TlObject) => void;

const nothing: Service = () => undefined;

const services: Readonly<Record<string, Service>> = {
  msgs_ack: nothing,
  msgs_all_info: nothing,
  msgs_state_info: nothing,
  http_wait: nothing,
  ping: pong,
  ping_delay_disconnect: (arrival, query) => {
    arrival.link.expectPing(intOf(query, "disconnectDelay"));
    pong(arrival, query);
  },
  get_future_salts: futureSalts,
  msgs_state_req: (arrival, query) => stateOf(arrival, longsOf(query, "msgIds")),
  msg_resend_req: resend,
  destroy_session: destroySession,
  destroy_auth_key: (arrival) => {
    reply(arrival, { _: "destroy_auth_key_ok" });
    arrival.hub.destroy(arrival.session.key);
  },
  rpc_drop_answer: dropAnswer,
};

/** Answers a message of the protocol; false where it is none that a client says. */
export function serve(arrival: Arrival, query: TlObject): boolean {
  const service = Object.hasOwn(services, query._) ? services[query._] : undefined;
  service?.(arrival, query);
  return service !== undefined;
}

const draftOf = ({ hub, message }: Arrival, object: TlObject): Draft => ({
  body: encodeObject(hub.schemas.protocol, object),
  isContent: false,
  answers: message.msgId,
});

function reply(arrival: Arrival, object: TlObject): void {
  arrival.hub.outbox.post(arrival.session, draftOf(arrival, object));
}

function pong(arrival: Arrival, query: TlObject): void {
  if (arrival.hub.faults.take("ping")) return;
  reply(arrival, { _: "pong", msgId: arrival.message.msgId, pingId: longOf(query, "pingId") });
}

function futureSalts(arrival: Arrival, query: TlObject): void {
  const salts = arrival.session.key.salts.future(intOf(query, "num"));
  reply(arrival, {
    _: "future_salts",
    reqMsgId: arrival.message.msgId,
    now: Math.floor(arrival.hub.clock.now() / 1000),
    salts: salts.map((salt) => ({ _: "future_salt", ...salt })),
  });
}

function stateOf(arrival: Arrival, msgIds: readonly bigint[]): void {
  const info = Buffer.from(msgIds.map((msgId) => stateByte(arrival.session, msgId)));
  reply(arrival, { _: "msgs_state_info", reqMsgId: arrival.message.msgId, info });
}

/** 4: received; 32 and 64 more where it is worked at and answered. Else 1, 2, 3: long ago, never, not yet. */
function stateByte({ received }: Session, msgId: bigint): number {
  const receipt = received.get(msgId);
  if (receipt) return { taken: 4, working: 4 + 32, answered: 4 + 32 + 64, dropped: 4 + 32 }[receipt.state];
  const known = [...received.keys()];
  if (known.every((id) => id > msgId)) return 1;
  return known.every((id) => id < msgId) ? 3 : 2;
}

/** Says its answers again; where one is not known, says what is known of all. */
function resend(arrival: Arrival, query: TlObject): void {
  const { session, hub } = arrival;
  const msgIds = longsOf(query, "msgIds");
  const answers = [...session.received.values()].flatMap(({ answer }) => answer ?? []);
  const meant = msgIds.flatMap((msgId) => answers.find((answer) => answer.msgId === msgId) ?? []);
  if (meant.length < msgIds.length) return stateOf(arrival, msgIds);
  for (const answer of meant) hub.outbox.repeat(session, answer);
}

function destroySession(arrival: Arrival, query: TlObject): void {
  const sessionId = longOf(query, "sessionId");
  const { session } = arrival;
  const isGone = sessionId !== session.id && session.key.sessions.delete(sessionId);
  reply(arrival, { _: isGone ? "destroy_session_ok" : "destroy_session_none", sessionId });
}

function dropAnswer(arrival: Arrival, query: TlObject): void {
  const { session, message, hub } = arrival;
  const receipt = session.received.get(longOf(query, "reqMsgId"));
  const isRunning = receipt?.state === "working";
  if (isRunning) receipt.state = "dropped";
  const { body } = draftOf(arrival, { _: isRunning ? "rpc_answer_dropped_running" : "rpc_answer_unknown" });
  hub.outbox.post(session, { body: resultOf(message.msgId, body), isContent: true, answers: message.msgId });
}

/** A method's answer, as it stands on the wire. */
export const resultOf = (msgId: bigint, body: Buffer): Buffer =>
  createWriter().int(rpcResult).long(msgId).raw(body).done();
