import { IntermediatePacketCodec, ObfuscatedPacketCodec, PaddedIntermediatePacketCodec } from "@mtcute/core";
import type { BaseTelegramClient } from "@mtcute/node";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { waitUntil, within } from "./clients/wait.ts";
import { useTestServer } from "./harness.ts";
import { createMtcuteClient, type MtcuteOptions, trustTestKey } from "./clients/mtcute.ts";

vi.setConfig({ testTimeout: 20_000 });
const bench = useTestServer();
const clients: BaseTelegramClient[] = [];
beforeAll(trustTestKey);
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.destroy()));
});

function client(options?: MtcuteOptions): BaseTelegramClient {
  const made = createMtcuteClient(bench.proxy.port, options);
  clients.push(made);
  return made;
}

const sendCode = (client: BaseTelegramClient, phoneNumber: string) =>
  within(
    8000,
    client.call({ _: "auth.sendCode", phoneNumber, apiId: 1, apiHash: "hash", settings: { _: "codeSettings" } }),
  );

/** Who asked for a code; between that the client asks for other things of its own accord. */
const codeCallers = () => bench.calls.flatMap(({ method, caller }) => (method._ === "auth.sendCode" ? caller : []));

test("mtcute accepts the key exchange, and gets answers in its own layer", async () => {
  const made = client();
  expect(await sendCode(made, "+10")).toMatchObject({ _: "auth.sentCode", phoneCodeHash: "dc2" });
  expect(codeCallers()).toMatchObject([{ dc: 2, layer: 227, apiId: 1 }]);
});

test("mtcute is told the data centres", async () => {
  const config = await within(8000, client().call({ _: "help.getConfig" }));
  expect(config.dcOptions.map(({ id, ipAddress, port }) => [id, ipAddress, port])).toEqual(
    [1, 2, 3, 4, 5].map((id) => [id, `127.0.0.${id}`, 443]),
  );
});

test("PHONE_MIGRATE leads mtcute to the other data centre", async () => {
  const made = client();
  expect(await sendCode(made, "+40")).toMatchObject({ phoneCodeHash: "dc4" });
  expect(codeCallers().map(({ dc }) => dc)).toEqual([2, 4]);
});

test("mtcute comes back with the session that it exported", async () => {
  const first = client();
  await sendCode(first, "+10");
  const session = await first.exportSession();
  await first.destroy();
  const again = client();
  await again.importSession(session);
  await sendCode(again, "+10");
  const [before, after] = codeCallers();
  expect(after?.authKeyId).toBe(before?.authKeyId);
});

test("mtcute speaks with a temporary key once it is bound to the permanent key", async () => {
  const made = client({ usePfs: true });
  await sendCode(made, "+10");
  const session = await made.exportSession();
  await made.destroy();
  const plain = client();
  await plain.importSession(session);
  await sendCode(plain, "+10");
  const [before, after] = codeCallers();
  expect(after?.authKeyId).toBe(before?.authKeyId);
});

test("many calls of mtcute at once, some of them in one container, are each answered once", async () => {
  const made = client();
  await sendCode(made, "+10");
  const answers = await within(
    8000,
    Promise.all(Array.from({ length: 30 }, () => made.call({ _: "account.updateStatus", offline: true }))),
  );
  expect(answers).toEqual(Array.from({ length: 30 }, () => true));
  expect(bench.calls.filter(({ method }) => method._ === "account.updateStatus")).toHaveLength(30);
});

test("a large request, which mtcute compresses, is understood", async () => {
  const made = client();
  const langCode = "en".repeat(5000);
  const list = await within(8000, made.call({ _: "help.getCountriesList", langCode, hash: 0 }));
  expect(list._).toBe("help.countriesList");
  expect(bench.calls).toContainEqual(expect.objectContaining({ method: expect.objectContaining({ langCode }) }));
});

test("after all keys are forgotten mtcute creates a new one by itself", async () => {
  const made = client();
  await sendCode(made, "+10");
  bench.server.forgetKeys();
  expect(await sendCode(made, "+10")).toMatchObject({ phoneCodeHash: "dc2" });
  const [before, after] = codeCallers();
  expect(after?.authKeyId).not.toBe(before?.authKeyId);
});

test("mtcute gets an answer whose connection was closed before it", async () => {
  const made = client();
  await sendCode(made, "+10");
  bench.faults.add({ kind: "drop", method: "auth.sendCode", when: "after" });
  expect(await sendCode(made, "+10")).toMatchObject({ phoneCodeHash: "dc2" });
});

test("an update reaches mtcute", async () => {
  const made = client();
  const heard: unknown[] = [];
  made.onServerUpdate.add((update) => heard.push(update));
  await sendCode(made, "+10");
  const update = { _: "updateShort", update: { _: "updateLoginToken" }, date: 0 };
  bench.server.push(codeCallers()[0]?.authKeyId ?? "", update);
  await waitUntil(() => heard.length > 0);
  expect(heard).toMatchObject([update]);
});

describe.each([
  ["padded intermediate", () => new PaddedIntermediatePacketCodec()],
  ["obfuscated intermediate", () => new ObfuscatedPacketCodec(new IntermediatePacketCodec())],
  ["obfuscated padded", () => new ObfuscatedPacketCodec(new PaddedIntermediatePacketCodec())],
])("over the %s transport", (_name, codec) => {
  test("mtcute connects and calls a method", async () => {
    expect(await sendCode(client({ codec }), "+10")).toMatchObject({ phoneCodeHash: "dc2" });
  });
});
