import { _serverKeys } from "telegram/crypto/RSA.js";
import { describe, expect, test } from "vitest";
import { modPow, sha1, toBigInt, toBytes } from "../../../src/telegram/mtproto/bytes.ts";
import { agree, dhPrime, generator, isInRange } from "../../../src/telegram/mtproto/dh.ts";
import { newNonceHash, temporaryKeys } from "../../../src/telegram/mtproto/exchange-keys.ts";
import { igeDecrypt, igeEncrypt } from "../../../src/telegram/mtproto/ige.ts";
import { fingerprintOf, readRsaKey } from "../../../src/telegram/mtproto/rsa.ts";
import { testKey } from "../../../src/telegram/mtproto/test-key.ts";
import { decodeObject } from "../../../src/telegram/mtproto/tl/decode.ts";
import { encodeObject } from "../../../src/telegram/mtproto/tl/encode.ts";
import { bytesOf } from "../../../src/telegram/mtproto/tl/fields.ts";
import { loadSchemas } from "../../../src/telegram/mtproto/tl/load.ts";
import { createReader } from "../../../src/telegram/mtproto/tl/reader.ts";
import { sample } from "./official-sample.ts";

const { protocol } = await loadSchemas();
const hex = (text: string): Buffer => Buffer.from(text, "hex");
const read = (text: string) => decodeObject(protocol, createReader(hex(text)));
const [nonce, serverNonce, newNonce] = [hex(sample.nonce), hex(sample.serverNonce), hex(sample.newNonce)];
const keys = temporaryKeys(newNonce, serverNonce);
const answer = hex(sample.answerWithHash);

test.each([
  ["req_pq_multi", sample.reqPqMulti],
  ["resPQ", sample.resPq],
  ["p_q_inner_data_dc", sample.innerData],
  ["client_DH_inner_data", sample.clientData.toLowerCase()],
  ["dh_gen_ok", sample.dhGenOk],
])("%s is read and written as printed", (name, bytes) => {
  expect(read(bytes)._).toBe(name);
  expect(encodeObject(protocol, read(bytes)).toString("hex")).toBe(bytes);
});

test("the question holds the factors, and the nonces are where they are said to be", () => {
  expect(toBytes(sample.p * sample.q).toString("hex")).toBe(sample.pq);
  expect(read(sample.resPq)).toMatchObject({ nonce, serverNonce, pq: hex(sample.pq) });
  expect(read(sample.innerData)).toMatchObject({ nonce, serverNonce, newNonce, p: toBytes(sample.p), dc: 2 });
});

test("the temporary keys are those that are printed", () => {
  expect(keys.key.toString("hex")).toBe(sample.temporaryKey);
  expect(keys.iv.toString("hex")).toBe(sample.temporaryIv);
});

describe("AES-256-IGE", () => {
  test("opens and seals the server's half as printed", () => {
    expect(igeDecrypt(hex(sample.encryptedAnswer), keys).equals(answer)).toBe(true);
    expect(igeEncrypt(answer, keys).equals(hex(sample.encryptedAnswer))).toBe(true);
  });

  test("seals the client's half as printed", () => {
    const data = hex(sample.clientData);
    const plain = Buffer.concat([sha1(data), data, hex(sample.clientPadding)]);
    expect(igeEncrypt(plain, keys).equals(hex(sample.encryptedData))).toBe(true);
  });
});

describe("the server's half", () => {
  const reader = createReader(answer.subarray(20));
  const inner = decodeObject(protocol, reader);

  test("is hashed, and padded to whole blocks", () => {
    const length = answer.length - 20 - reader.remaining();
    expect(sha1(answer.subarray(20, 20 + length)).equals(answer.subarray(0, 20))).toBe(true);
    expect(reader.remaining()).toBeLessThan(16);
    expect(encodeObject(protocol, inner).equals(answer.subarray(20, 20 + length))).toBe(true);
  });

  test("has our prime and generator, and the key that both come to is the printed one", () => {
    expect(inner).toMatchObject({ g: Number(generator), dhPrime: toBytes(dhPrime), serverTime: sample.serverTime });
    const b = toBigInt(hex(sample.b));
    expect(bytesOf(read(sample.clientData), "gB")).toEqual(toBytes(modPow(generator, b, dhPrime), 256));
    const gA = toBigInt(bytesOf(inner, "gA"));
    expect(isInRange(gA)).toBe(true);
    const key = agree(gA, b);
    expect(key.equals(hex(sample.authKey))).toBe(true);
    expect(bytesOf(read(sample.dhGenOk), "newNonceHash1")).toEqual(newNonceHash(newNonce, 1, key));
  });
});

test("a fingerprint is the printed one, for the key that Telegram publishes with it", () => {
  const fingerprint = hex(sample.fingerprint).readBigInt64LE();
  const published = _serverKeys.get(fingerprint.toString());
  const modulus = toBytes(BigInt(published?.n.toString() ?? 0));
  expect(fingerprintOf(modulus, Buffer.from([1, 0, 1]))).toBe(fingerprint);
  expect(read(sample.resPq)["serverPublicKeyFingerprints"]).toContain(fingerprint);
});

test("the sandbox's own key has the fingerprint that is written beside it, and it does not begin with a zero", () => {
  const { fingerprint } = readRsaKey(testKey.privatePem);
  expect(BigInt.asUintN(64, fingerprint).toString(16)).toBe(testKey.fingerprint);
  expect(testKey.fingerprint).toMatch(/^[1-9a-f][0-9a-f]{15}$/);
});

test("a key is 256 bytes, zeros in front included", () => {
  expect(agree(1n, 5n)).toEqual(Buffer.concat([Buffer.alloc(255), Buffer.from([1])]));
});
