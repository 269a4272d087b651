import { afterEach, expect, test, vi } from "vitest";
import { hashNewNonce } from "../src/key-exchange-hashes.ts";
import { dhPrime } from "../src/crypto/dh.ts";
import { useTestServer } from "./harness.ts";
import { askPlainly, type Deviations, exchange, expectObject } from "./raw-exchange.ts";
import { openWire, type Wire } from "./raw-wire.ts";

vi.setConfig({ testTimeout: 20_000 });
const bench = useTestServer();
const wires: Wire[] = [];
afterEach(() => {
  for (const wire of wires.splice(0)) wire.close();
});

async function wire(dc = 2): Promise<Wire> {
  const opened = await openWire(bench.server.portOf(dc) ?? 0);
  wires.push(opened);
  return opened;
}

const nothing = { _: "p_q_inner_data" };

test("both sides compute the same key, and a second exchange works on the same connection", async () => {
  const line = await wire();
  for (const _round of [1, 2]) {
    const { answer, key, newNonce } = await exchange(line);
    expect(answer).toMatchObject({ _: "dh_gen_ok", newNonceHash1: hashNewNonce(newNonce, 1, key) });
  }
});

test.each<[string, Deviations, number]>([
  ["with the data centre named", { inner: { _: "p_q_inner_data_dc", dc: 2 } }, 0],
  ["with a media data centre named", { inner: { _: "p_q_inner_data_dc", dc: -2 } }, 0],
  ["for a temporary key", { inner: { _: "p_q_inner_data_temp", expiresIn: 60 } }, 0],
  [
    "for a temporary key with the data centre named",
    { inner: { _: "p_q_inner_data_temp_dc", dc: 2, expiresIn: 60 } },
    0,
  ],
  ["for another data centre", { inner: { _: "p_q_inner_data_dc", dc: 4 } }, -444],
  ["with another nonce inside", { inner: { ...nothing, nonce: Buffer.alloc(16) } }, -404],
  ["with other factors inside", { inner: { ...nothing, p: Buffer.from([3]) } }, -404],
  ["with other factors outside", { dhParams: { q: Buffer.from([5]) } }, -404],
  ["with another server nonce", { dhParams: { serverNonce: Buffer.alloc(16) } }, -404],
  ["with another fingerprint", { dhParams: { publicKeyFingerprint: 1n } }, -404],
  ["with data that do not open", { dhParams: { encryptedData: Buffer.alloc(256, 7) } }, -404],
  ["with data that are too short", { dhParams: { encryptedData: Buffer.alloc(16) } }, -404],
  ["with a wrong hash over its half", { corrupt: true }, -404],
  ["with a retry that was not asked for", { retryId: 1n }, -404],
])("the key exchange of a client %s", async (_name, deviations, error) => {
  const { answer } = await exchange(await wire(), deviations);
  if (error === 0) expect(answer).toMatchObject({ _: "dh_gen_ok" });
  else expect(answer).toBe(error);
});

test.each([1n, dhPrime - 1n, 1n << 1983n, dhPrime - (1n << 1983n)])(
  "a public value out of range fails the exchange",
  async (gB) => {
    const { answer } = await exchange(await wire(), { gB });
    expect(answer).toMatchObject({ _: "dh_gen_fail" });
  },
);

test("dh_gen_retry and dh_gen_fail carry their hashes", async () => {
  bench.faults.add({ kind: "dh_retry" });
  const retried = await exchange(await wire());
  expect(retried.answer).toMatchObject({
    _: "dh_gen_retry",
    newNonceHash2: hashNewNonce(retried.newNonce, 2, retried.key),
  });
  bench.faults.add({ kind: "dh_retry" }, 2);
  expect((await exchange(await wire(), { perseveres: true })).answer).toMatchObject({ _: "dh_gen_ok" });
  bench.faults.add({ kind: "dh_fail" });
  const failed = await exchange(await wire());
  expect(failed.answer).toMatchObject({
    _: "dh_gen_fail",
    newNonceHash3: hashNewNonce(failed.newNonce, 3, failed.key),
  });
});

test("the steps of an exchange cannot be taken out of order, and any other message is refused", async () => {
  const line = await wire();
  const nonces = { nonce: Buffer.alloc(16), serverNonce: Buffer.alloc(16), encryptedData: Buffer.alloc(16) };
  expect(await askPlainly(line, { _: "set_client_DH_params", ...nonces })).toBe(-404);
  expect(await askPlainly(line, { _: "ping", pingId: 1n })).toBe(-404);
  expect(expectObject(await askPlainly(line, { _: "req_pq", nonce: Buffer.alloc(16) }))._).toBe("resPQ");
});
