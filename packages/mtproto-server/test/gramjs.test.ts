import { Api, type TelegramClient } from "telegram";
import { Raw } from "telegram/events/index.js";
import { ConnectionTCPAbridged } from "telegram/network/connection/TCPAbridged.js";
import { ConnectionTCPFull } from "telegram/network/connection/TCPFull.js";
import { ConnectionTCPObfuscated } from "telegram/network/connection/TCPObfuscated.js";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type GramjsOptions, createGramjsClient, saveSession, trustTestKey } from "./clients/gramjs.ts";
import { waitUntil, within } from "./clients/wait.ts";
import { useTestServer } from "./harness.ts";

vi.setConfig({ testTimeout: 20_000 });
const bench = useTestServer();
const clients: TelegramClient[] = [];
beforeAll(trustTestKey);
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.destroy()));
});

function client(options?: GramjsOptions): TelegramClient {
  const made = createGramjsClient(bench.proxy.port, options);
  clients.push(made);
  return made;
}

async function connected(options?: GramjsOptions): Promise<TelegramClient> {
  const made = client(options);
  expect(await within(10_000, made.connect())).toBe(true);
  return made;
}

const sendCode = (phoneNumber: string) =>
  new Api.auth.SendCode({ phoneNumber, apiId: 1, apiHash: "hash", settings: new Api.CodeSettings({}) });

test("GramJS finds its data centre by the address built into it", async () => {
  const client = await connected();
  const config = await within(8000, client.invoke(new Api.help.GetConfig()));
  expect(config.thisDc).toBe(4);
  expect(config.dcOptions.map(({ id, ipAddress }) => [id, ipAddress])).toEqual(
    [1, 2, 3, 4, 5].map((id) => [id, `127.0.0.${id}`]),
  );
  expect(bench.proxy.listRequests()).toContainEqual({ host: "149.154.167.91", port: 80, reply: 0 });
});

test("a method reaches the handler without its wrappers, with what the client said about itself", async () => {
  const client = await connected();
  const sent = await within(8000, client.invoke(sendCode("+10")));
  expect(sent).toMatchObject({ className: "auth.SentCode", phoneCodeHash: "dc4" });
  expect(bench.calls).toHaveLength(1);
  expect(bench.calls[0]?.method).toMatchObject({ _: "auth.sendCode", phoneNumber: "+10", apiId: 1 });
  expect(bench.calls[0]?.caller).toMatchObject({
    dc: 4,
    layer: 198,
    apiId: 1,
    device: { model: "Bench", system: "1", app: "2" },
  });
});

test("GramJS gets an RpcError of the handler", async () => {
  const client = await connected();
  await expect(within(8000, client.invoke(new Api.updates.GetState()))).rejects.toMatchObject({
    code: 401,
    errorMessage: "AUTH_KEY_UNREGISTERED",
  });
});

test("any other error of the handler is an internal error, and is logged", async () => {
  const client = await connected();
  bench.faults.add({ kind: "error", method: "help.getNearestDc", code: 420, message: "FLOOD_WAIT_7" });
  await expect(within(8000, client.invoke(new Api.help.GetNearestDc()))).rejects.toMatchObject({ seconds: 7 });
  await expect(within(8000, client.invoke(new Api.help.GetSupport()))).rejects.toMatchObject({ code: 500 });
  expect(bench.log).toEqual([expect.stringMatching(/help\.getSupport cannot be answered so[^]*help\.support/)]);
});

test("GramJS gets a large answer whole, though it is compressed on its way", async () => {
  const client = await connected();
  const list = await within(8000, client.invoke(new Api.help.GetCountriesList({ langCode: "en", hash: 0 })));
  expect(list).toMatchObject({ className: "help.CountriesList" });
  expect("countries" in list && list.countries.at(-1)?.defaultName).toBe("Country 99");
});

test("GramJS gets booleans and vectors of numbers as their methods' types say", async () => {
  const client = await connected();
  expect(await within(8000, client.invoke(new Api.account.UpdateStatus({ offline: true })))).toBe(true);
  const ids = await within(8000, client.invoke(new Api.contacts.GetContactIDs({})));
  expect(ids.map(Number)).toEqual([1, 2, 4]);
});

test("GramJS comes back with a saved session, without another key exchange", async () => {
  const first = await connected();
  await within(8000, first.invoke(sendCode("+10")));
  const session = saveSession(first);
  await first.destroy();
  const again = await connected({ session });
  await within(8000, again.invoke(sendCode("+10")));
  expect(bench.calls[1]?.caller.authKeyId).toBe(bench.calls[0]?.caller.authKeyId);
});

test("PHONE_MIGRATE leads GramJS to the other data centre, where it stays", async () => {
  const client = await connected();
  const sent = await within(10_000, client.invoke(sendCode("+20")));
  expect(sent).toMatchObject({ phoneCodeHash: "dc2" });
  expect(client.session.dcId).toBe(2);
  expect(bench.proxy.listRequests().at(-1)).toEqual({ host: "127.0.0.2", port: 80, reply: 0 });
});

test("a key of one data centre is unknown in another", async () => {
  const first = await connected();
  first.session.setDC(2, "127.0.0.2", 80);
  const session = saveSession(first);
  await first.destroy();
  expect(await errorHeard(session)).toBe(404);
});

test("after all keys are forgotten a saved session gets 404, and GramJS can log in anew", async () => {
  const first = await connected();
  const session = saveSession(first);
  await first.destroy();
  bench.server.forgetKeys();
  expect(bench.forgotten.length).toBeGreaterThan(0);
  expect(await errorHeard(session)).toBe(404);
  const fresh = await connected();
  await within(8000, fresh.invoke(sendCode("+10")));
});

/** The transport error that a client of that session hears; connect() itself never settles on it. */
async function errorHeard(session: string): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  class Listening extends ConnectionTCPFull {
    override async _recv(): Promise<Buffer> {
      const payload = (await super._recv()) as unknown as Buffer;
      if (payload.length === 4) resolve(-payload.readInt32LE());
      return payload;
    }
  }
  void client({ session, connection: Listening }).connect();
  return within(8000, promise);
}

test("an update reaches the client of its key, and no other", async () => {
  const [one, other] = [await connected(), await connected()];
  const heard: string[] = [];
  one.addEventHandler(() => heard.push("one"), new Raw({ types: [Api.UpdateLoginToken] }));
  other.addEventHandler(() => heard.push("other"), new Raw({ types: [Api.UpdateLoginToken] }));
  await within(8000, one.invoke(sendCode("+10")));
  const authKeyId = bench.calls[0]?.caller.authKeyId ?? "";
  bench.server.push(authKeyId, { _: "updateShort", update: { _: "updateLoginToken" }, date: 0 });
  await waitUntil(() => heard.length > 0);
  expect(heard).toEqual(["one"]);
});

test("GramJS reconnects and asks again after a connection that was closed before the answer", async () => {
  const client = await connected();
  bench.faults.add({ kind: "drop", method: "auth.sendCode", when: "after" });
  expect(await within(10_000, client.invoke(sendCode("+10")))).toMatchObject({ phoneCodeHash: "dc4" });
  expect(bench.calls.filter(({ method }) => method._ === "auth.sendCode")).toHaveLength(2);
});

test("GramJS recovers from a wrong hash at the end of the key exchange by a second exchange", async () => {
  const before = bench.proxy.listRequests().length;
  bench.faults.add({ kind: "nonce_hash" });
  await connected();
  expect(bench.proxy.listRequests().length - before).toBe(1);
});

describe.each([
  ["full", ConnectionTCPFull],
  ["abridged", ConnectionTCPAbridged],
  ["obfuscated", ConnectionTCPObfuscated],
])("over the %s transport", (_name, connection) => {
  test("GramJS connects and calls a method", async () => {
    const client = await connected({ connection: connection as typeof ConnectionTCPFull });
    const list = await within(8000, client.invoke(new Api.help.GetCountriesList({ langCode: "en", hash: 0 })));
    expect(list).toMatchObject({ className: "help.CountriesList" });
  });
});

test("a connected GramJS adjusts when the server's clock is moved an hour ahead and back", async () => {
  const client = await connected();
  bench.clock.advance(3_600_000);
  expect(await within(8000, client.invoke(sendCode("+10")))).toMatchObject({ phoneCodeHash: "dc4" });
  bench.clock.reset();
  expect(await within(8000, client.invoke(sendCode("+10")))).toMatchObject({ phoneCodeHash: "dc4" });
});

const rounds = process.env["TEST_EXTENT"] === "full" ? 50 : 10;

test("many key exchanges in a row succeed, and leave no connection open", { timeout: 120_000 }, async () => {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now();
    const made = await connected();
    times.push(performance.now() - begun);
    await made.destroy();
  }
  await waitUntil(() => bench.server.openConnections() === 0 && bench.proxy.openConnections() === 0);
  const median = times.sort((left, right) => left - right)[Math.floor(rounds / 2)] ?? 0;
  expect(median).toBeLessThan(2000);
  if (process.env["MEASURE"]) console.log(`median ${median.toFixed(0)} ms, longest ${times.at(-1)?.toFixed(0)} ms`);
});
