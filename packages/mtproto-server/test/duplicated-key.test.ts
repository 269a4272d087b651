import { afterEach, expect, test } from "vitest";
import { useTestServer } from "./harness.ts";
import { introduced, type Known, openSession, type RawSession } from "./raw-session.ts";

const bench = useTestServer();
const sessions: RawSession[] = [];
afterEach(() => {
  for (const { wire } of sessions.splice(0)) wire.close();
});

async function session(known?: Known): Promise<RawSession> {
  const opened = await openSession(bench.server.portOf(2) ?? 0, known);
  sessions.push(opened);
  return opened;
}

const status = { _: "account.updateStatus", offline: true };
const query = introduced(status);

async function call(client: RawSession): Promise<unknown> {
  client.say(query);
  const { result } = await client.await("rpc_result");
  return result;
}

test("a key that speaks from two addresses at once is destroyed", async () => {
  const first = await session();
  await call(first);
  const second = await session({ ...first, id: 7n, from: "127.0.0.9" });
  expect(await call(second)).toMatchObject({ _: "rpc_error", errorCode: 406, errorMessage: "AUTH_KEY_DUPLICATED" });
  first.say(status);
  expect(await first.await("transport_error")).toMatchObject({ code: -404 });
  expect(bench.forgotten).toHaveLength(1);
});

test("a key may speak over two connections from one address, and from another address once they are closed", async () => {
  const first = await session();
  await call(first);
  const second = await session({ ...first, id: 7n });
  expect(await call(second)).toMatchObject({ _: "boolTrue" });
  for (const { wire } of [first, second]) {
    wire.close();
    await wire.closed();
  }
  await expect
    .poll(async () => {
      return await call(await session({ ...first, id: 9n, from: "127.0.0.9" }));
    })
    .toMatchObject({ _: "boolTrue" });
});

test("an unknown layer is refused and logged", async () => {
  const client = await session();
  client.say({ ...query, layer: 158 });
  const { result } = await client.await("rpc_result");
  expect(result).toMatchObject({ errorCode: 400, errorMessage: "CONNECTION_LAYER_INVALID" });
  expect(bench.log).toEqual(["Layer 158 is not played here."]);
});
