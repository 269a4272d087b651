import { deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { computeKeyId } from "../src/message-encryption.ts";
import { encodeObject } from "../src/tl/encode.ts";
import { gzipPacked } from "../src/tl/constructor-ids.ts";
import { createWriter } from "../src/tl/writer.ts";
import type { TlObject } from "../src/rpc.ts";
import { waitUntil } from "./clients/wait.ts";
import { useTestServer } from "./harness.ts";
import { clientMsgId, type Deviations, layer, msgIdAt } from "./raw-exchange.ts";
import { containerOf, introduced, type Known, openSession, type RawSession } from "./raw-session.ts";

vi.setConfig({ testTimeout: 20_000 });
const bench = useTestServer();
const sessions: RawSession[] = [];
afterEach(() => {
  for (const { wire } of sessions.splice(0)) wire.close();
});

async function session(known?: Known, deviations?: Deviations): Promise<RawSession> {
  const opened = await openSession(bench.server.portOf(2) ?? 0, known, deviations);
  sessions.push(opened);
  return opened;
}

const ping = { _: "ping", pingId: 5n };
const status = { _: "account.updateStatus", offline: true };

describe("a session", () => {
  test("a session is announced once, by the first of its messages", async () => {
    const client = await session();
    const msgId = client.say(ping);
    expect((await client.hear()).map(({ object }) => object)).toMatchObject([
      { _: "new_session_created", firstMsgId: msgId, serverSalt: client.salt },
      { _: "pong", msgId, pingId: 5n },
    ]);
    client.say(ping);
    expect((await client.hear()).map(({ object }) => object._)).toEqual(["pong"]);
  });

  test("a session numbers its messages upwards, with odd ids, and an odd seqno for content", async () => {
    const client = await session();
    client.say(ping);
    const first = await client.hear();
    client.say(introduced(status));
    const second = await client.hear();
    const heard = [...first, ...second];
    expect(heard.map(({ msgId }) => Number(msgId % 4n))).toEqual([3, 1, 1]);
    expect(heard.map(({ seqno }) => seqno)).toEqual([1, 2, 3]);
    expect(heard.every(({ msgId }, index) => index === 0 || msgId > (heard[index - 1]?.msgId ?? 0n))).toBe(true);
  });

  test("a session of an unknown key gets 404", async () => {
    const client = await session({ key: Buffer.alloc(256, 9), salt: 0n, id: 1n });
    client.say(ping);
    expect(await client.await("transport_error")).toMatchObject({ code: -404 });
  });

  test("a session whose message was tampered with gets 404", async () => {
    const client = await session();
    const sealed = Buffer.alloc(24 + 64, 1);
    client.say(ping);
    await client.hear();
    bench.server.forgetKeys();
    client.wire.send(sealed);
    expect(await client.await("transport_error")).toMatchObject({ code: -404 });
  });
});

describe("a message is refused with a reason", () => {
  let client: RawSession;
  beforeEach(async () => {
    client = await session();
  });
  test("a message with a wrong salt is refused, and the client gets the right salt", async () => {
    const badMsgId = client.say(ping, { salt: 0n });
    expect(await client.await("bad_server_salt")).toMatchObject({
      badMsgId,
      errorCode: 48,
      newServerSalt: client.salt,
    });
  });

  test.each([
    [16, () => msgIdAt(Date.now() - 305_000)],
    [17, () => msgIdAt(Date.now() + 60_000)],
    [18, () => clientMsgId() + 1n],
  ])("a message is refused if its id is wrong: %i", async (errorCode, id) => {
    const badMsgId = client.say(ping, { msgId: id() });
    expect(await client.await("bad_msg_notification")).toMatchObject({ badMsgId, errorCode });
  });

  test("a message is refused if its seqno is lower than that of an earlier one", async () => {
    client.say(ping, { seqno: 9 });
    client.say(ping, { seqno: 7 });
    expect(await client.await("bad_msg_notification")).toMatchObject({ errorCode: 32 });
  });

  test("a message is refused if its seqno is higher than that of a later one", async () => {
    const [earlier, later] = [clientMsgId(), clientMsgId()];
    client.say(ping, { seqno: 7, msgId: later });
    client.say(ping, { seqno: 9, msgId: earlier });
    expect(await client.await("bad_msg_notification")).toMatchObject({ errorCode: 33 });
  });

  test("a method is refused if its seqno is even", async () => {
    client.say(introduced(status), { seqno: 2 });
    expect(await client.await("bad_msg_notification")).toMatchObject({ errorCode: 35 });
    expect(bench.calls).toEqual([]);
  });

  test("a container is refused if its seqno is odd, if it came before, or if it is older than its messages", async () => {
    const inner = clientMsgId();
    const outer = clientMsgId();
    const body = containerOf([{ msgId: inner, seqno: 1, object: ping }]);
    client.say(ping, { body, msgId: outer, seqno: 3 });
    expect(await client.await("bad_msg_notification")).toMatchObject({ errorCode: 34 });
    client.say(ping, { body, msgId: outer, seqno: 2 });
    await client.await("pong");
    client.say(ping, { body, msgId: outer, seqno: 2 });
    expect(await client.await("bad_msg_notification")).toMatchObject({ errorCode: 19 });
    const late = clientMsgId();
    const wrong = containerOf([{ msgId: clientMsgId(), seqno: 5, object: ping }]);
    client.say(ping, { body: wrong, msgId: late, seqno: 4 });
    expect(await client.await("bad_msg_notification")).toMatchObject({ errorCode: 64 });
  });
});

describe("salts", () => {
  test("the salt changes every half hour, and the previous one is accepted for another half hour", async () => {
    const client = await session();
    bench.clock.advance(31 * 60_000);
    const at = () => msgIdAt(bench.clock.now());
    client.say(ping, { msgId: at() });
    await client.await("pong");
    bench.clock.advance(31 * 60_000);
    client.say(ping, { msgId: at() });
    const { newServerSalt } = await client.await("bad_server_salt");
    expect(newServerSalt).not.toBe(client.salt);
  });

  test("future salts are told in order, and become the current salts", async () => {
    const client = await session();
    client.say({ _: "get_future_salts", num: 3 });
    const { salts } = (await client.await("future_salts")) as TlObject & { salts: TlObject[] };
    expect(salts.map(({ salt }) => salt)[0]).toBe(client.salt);
    expect(salts).toHaveLength(3);
    bench.clock.advance(31 * 60_000);
    client.say(ping, { salt: salts[1]?.["salt"] as bigint, msgId: msgIdAt(bench.clock.now()) });
    await client.await("pong");
  });
});

describe("a call", () => {
  test("a call before initConnection is refused", async () => {
    const client = await session();
    const reqMsgId = client.say(status);
    expect(await client.await("rpc_result")).toMatchObject({
      reqMsgId,
      result: { _: "rpc_error", errorCode: 400, errorMessage: "CONNECTION_NOT_INITED" },
    });
  });

  test("a call that is unknown, too short or too long is refused", async () => {
    const client = await session();
    client.say(introduced(status));
    await client.await("rpc_result");
    client.say(status, { body: Buffer.from("efbeadde", "hex") });
    expect(await client.await("rpc_result")).toMatchObject({
      result: { errorMessage: "INPUT_METHOD_INVALID_3735928559" },
    });
    client.say(status, { body: encodeObject(layer(198), status).subarray(0, 4) });
    expect(await client.await("rpc_result")).toMatchObject({ result: { errorMessage: "INPUT_FETCH_ERROR" } });
    client.say(status, { body: Buffer.concat([encodeObject(layer(198), status), Buffer.alloc(4)]) });
    expect(await client.await("rpc_result")).toMatchObject({ result: { errorMessage: "INPUT_REQUEST_TOO_LONG" } });
  });

  test.each([
    ["gzip", gzipSync],
    ["zlib", deflateSync],
  ])("a call may be compressed with %s", async (_name, compress) => {
    const client = await session();
    const packed = compress(encodeObject(layer(198), introduced(status)));
    client.say(status, { body: createWriter().int(gzipPacked).bytes(packed).done() });
    expect(await client.await("rpc_result")).toMatchObject({ result: { _: "boolTrue" } });
  });

  test("a large answer is compressed", async () => {
    const client = await session();
    client.say(introduced({ _: "help.getCountriesList", langCode: "en", hash: 0 }));
    expect(await client.await("rpc_result")).toMatchObject({ isPacked: true, result: { _: "help.countriesList" } });
  });

  test("a call that comes twice is answered once by the handler, and the same answer is sent again", async () => {
    const client = await session();
    const msgId = client.say(introduced(status), { seqno: 1 });
    const before = (await client.hear()).find(({ object }) => object._ === "rpc_result");
    client.say(introduced(status), { msgId, seqno: 1 });
    const [after] = await client.hear();
    expect(after).toEqual(before);
    expect(bench.calls).toHaveLength(1);
  });

  test("a slow call is acknowledged first, and the client can drop its answer", async () => {
    const client = await session();
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.delays.push(promise);
    const reqMsgId = client.say(introduced(status));
    expect(await client.await("msgs_ack")).toMatchObject({ msgIds: [reqMsgId] });
    client.say({ _: "msgs_state_req", msgIds: [reqMsgId, reqMsgId - 400n, reqMsgId + (10n << 32n)] });
    expect(await client.await("msgs_state_info")).toMatchObject({ info: Buffer.from([36, 1, 3]) });
    client.say({ _: "rpc_drop_answer", reqMsgId });
    expect(await client.await("rpc_result")).toMatchObject({ result: { _: "rpc_answer_dropped_running" } });
    resolve();
    expect(await client.wire.silent(100)).toBe(true);
  });

  test("the calls of a container are answered together, errors last", async () => {
    const client = await session();
    client.say(introduced(status));
    await client.await("rpc_result");
    const [first, second, outer] = [clientMsgId(), clientMsgId(), clientMsgId()];
    const wrong = { _: "updates.getState" };
    const body = containerOf([
      { msgId: first, seqno: 3, object: wrong },
      { msgId: second, seqno: 5, object: status },
    ]);
    client.say(status, { body, msgId: outer, seqno: 6 });
    const heard = await client.hear();
    expect(heard.map(({ object }) => object["reqMsgId"])).toEqual([second, first]);
  });
});

describe("an answer that was lost with its connection", () => {
  test("an answer that was lost with its connection is sent on the next connection of the session", async () => {
    const client = await session();
    bench.faults.add({ kind: "drop", method: "account.updateStatus", when: "after" });
    const reqMsgId = client.say(introduced(status));
    await client.wire.closed();
    const again = await session(client);
    again.say(ping, { seqno: 3 });
    const heard: TlObject[] = [];
    while (!heard.some(({ _ }) => _ === "rpc_result")) heard.push(...(await again.hear()).map(({ object }) => object));
    expect(heard.find(({ _ }) => _ === "rpc_result")).toMatchObject({ reqMsgId, result: { _: "boolTrue" } });
    expect(bench.calls).toHaveLength(1);
  });

  test("a call never reaches the handler if the connection is closed before", async () => {
    const client = await session();
    bench.faults.add({ kind: "drop", method: "*", when: "before" });
    client.say(introduced(status));
    await client.wire.closed();
    expect(bench.calls).toEqual([]);
  });
});

describe("messages about the protocol itself", () => {
  test("a ping can be left unanswered", async () => {
    const client = await session();
    bench.faults.add({ kind: "ping" });
    client.say(ping);
    expect((await client.hear()).map(({ object }) => object._)).toEqual(["new_session_created"]);
    client.say(ping);
    await client.await("pong");
  });

  test("ping_delay_disconnect closes the connection unless it comes again", async () => {
    const client = await session();
    client.say({ _: "ping_delay_disconnect", pingId: 1n, disconnectDelay: 0 });
    await client.wire.closed();
    await waitUntil(() => bench.server.openConnections() === 0);
    expect(bench.server.openConnections()).toBe(0);
  });

  test("an answer is sent again on request, and for an unknown message its state is sent", async () => {
    const client = await session();
    client.say(introduced(status));
    const answer = (await client.hear()).find(({ object }) => object._ === "rpc_result");
    client.say({ _: "msg_resend_req", msgIds: [answer?.msgId ?? 0n] });
    expect(await client.hear()).toContainEqual(answer);
    client.say({ _: "msg_resend_req", msgIds: [1n] });
    expect(await client.await("msgs_state_info")).toMatchObject({ info: Buffer.from([1]) });
  });

  test("another session of the key can be destroyed once", async () => {
    const first = await session();
    first.say(ping);
    await first.await("pong");
    const second = await session({ key: first.key, salt: first.salt, id: 77n });
    second.say({ _: "destroy_session", sessionId: first.id });
    expect(await second.await("destroy_session_ok")).toMatchObject({ sessionId: first.id });
    second.say({ _: "destroy_session", sessionId: first.id });
    expect(await second.await("destroy_session_none")).toMatchObject({ sessionId: first.id });
  });

  test("a key can be destroyed, and the handler is told", async () => {
    const client = await session();
    client.say({ _: "destroy_auth_key" });
    await client.await("destroy_auth_key_ok");
    expect(bench.forgotten).toHaveLength(1);
    client.say(ping);
    expect(await client.await("transport_error")).toMatchObject({ code: -404 });
  });
});

describe("a temporary key", () => {
  const temporary = { inner: { _: "p_q_inner_data_temp", expiresIn: 60 } };
  const bind = {
    _: "auth.bindTempAuthKey",
    permAuthKeyId: 1n,
    nonce: 1n,
    expiresAt: 2_000_000_000,
    encryptedMessage: Buffer.alloc(104),
  };

  test("a temporary key cannot call a method before it is bound", async () => {
    const client = await session(undefined, temporary);
    client.say(introduced(status));
    expect(await client.await("rpc_result")).toMatchObject({
      result: { errorCode: 401, errorMessage: "AUTH_KEY_PERM_EMPTY" },
    });
  });

  test("a temporary key cannot be bound without the permanent key", async () => {
    const [client, other] = [await session(undefined, temporary), await session()];
    const permAuthKeyId = computeKeyId(other.key).readBigInt64LE();
    const messages = [Buffer.alloc(104), Buffer.concat([computeKeyId(other.key), Buffer.alloc(96)]), Buffer.alloc(3)];
    for (const encryptedMessage of messages) {
      client.say({ ...bind, permAuthKeyId, encryptedMessage });
      expect(await client.await("rpc_result")).toMatchObject({ result: { errorMessage: "ENCRYPTED_MESSAGE_INVALID" } });
    }
    client.say({ ...bind, expiresAt: 1 });
    expect(await client.await("rpc_result")).toMatchObject({ result: { errorMessage: "EXPIRES_AT_INVALID" } });
  });

  test("a permanent key cannot be bound as a temporary one", async () => {
    const client = await session();
    client.say(bind);
    expect(await client.await("rpc_result")).toMatchObject({ result: { errorMessage: "TEMP_AUTH_KEY_EMPTY" } });
  });

  test("a temporary key ends", async () => {
    const client = await session(undefined, temporary);
    bench.clock.advance(61_000);
    client.say(ping, { msgId: msgIdAt(bench.clock.now()) });
    expect(await client.await("transport_error")).toMatchObject({ code: -404 });
  });
});

test("a session that asked for no updates gets none, and the other sessions of its key do", async () => {
  const loud = await session();
  loud.say(introduced(status));
  await loud.await("rpc_result");
  const quiet = await session({ key: loud.key, salt: loud.salt, id: 78n });
  quiet.say({ _: "invokeWithoutUpdates", query: status });
  await quiet.await("rpc_result");
  const id = bench.calls[0]?.caller.authKeyId ?? "";
  bench.server.push(id, { _: "updateShort", update: { _: "updateLoginToken" }, date: 1 });
  expect(await loud.await("updateShort")).toMatchObject({ update: { _: "updateLoginToken" } });
  expect(await quiet.wire.silent(50)).toBe(true);
});

test("no connection is left open after its client is gone", async () => {
  const client = await session();
  expect(bench.server.openConnections()).toBe(1);
  client.wire.close();
  await waitUntil(() => bench.server.openConnections() === 0);
  expect(bench.server.openConnections()).toBe(0);
});
