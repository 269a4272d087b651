import { _serverKeys } from "telegram/crypto/RSA.js";
import { describe, expect, test } from "vitest";
import { modPow, sha1, toBigInt, toBytes } from "../src/crypto/bytes.ts";
import { computeSharedKey, dhPrime, generator, isInRange } from "../src/crypto/dh.ts";
import { hashNewNonce, deriveExchangeKeys } from "../src/key-exchange-hashes.ts";
import { igeDecrypt, igeEncrypt } from "../src/crypto/ige.ts";
import { computeFingerprint, parseRsaKey } from "../src/crypto/rsa.ts";
import { testKey } from "../src/crypto/test-key.ts";
import { decodeObject } from "../src/tl/decode.ts";
import { encodeObject } from "../src/tl/encode.ts";
import { requireBytes } from "../src/tl/fields.ts";
import { loadSchemas } from "../src/tl/load-schemas.ts";
import { createReader } from "../src/tl/reader.ts";
import { sample } from "./official-sample.ts";

const { protocol } = await loadSchemas();
const hex = (text: string): Buffer => Buffer.from(text, "hex");
const read = (text: string) => decodeObject(protocol, createReader(hex(text)));
const [nonce, serverNonce, newNonce] = [hex(sample.nonce), hex(sample.serverNonce), hex(sample.newNonce)];
const keys = deriveExchangeKeys(newNonce, serverNonce);
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

test("the printed request holds the factors and the nonces", () => {
  expect(toBytes(sample.p * sample.q).toString("hex")).toBe(sample.pq);
  expect(read(sample.resPq)).toMatchObject({ nonce, serverNonce, pq: hex(sample.pq) });
  expect(read(sample.innerData)).toMatchObject({ nonce, serverNonce, newNonce, p: toBytes(sample.p), dc: 2 });
});

test("the exchange keys are those that Telegram prints", () => {
  expect(keys.key.toString("hex")).toBe(sample.temporaryKey);
  expect(keys.iv.toString("hex")).toBe(sample.temporaryIv);
});

describe("AES-256-IGE", () => {
  test("AES-256-IGE decrypts and encrypts the server's part as printed", () => {
    expect(igeDecrypt(hex(sample.encryptedAnswer), keys).equals(answer)).toBe(true);
    expect(igeEncrypt(answer, keys).equals(hex(sample.encryptedAnswer))).toBe(true);
  });

  test("AES-256-IGE encrypts the client's part as printed", () => {
    const data = hex(sample.clientData);
    const plain = Buffer.concat([sha1(data), data, hex(sample.clientPadding)]);
    expect(igeEncrypt(plain, keys).equals(hex(sample.encryptedData))).toBe(true);
  });
});

describe("the server's public value", () => {
  const reader = createReader(answer.subarray(20));
  const inner = decodeObject(protocol, reader);

  test("the server's public value is hashed, and padded to whole blocks", () => {
    const length = answer.length - 20 - reader.remaining();
    expect(sha1(answer.subarray(20, 20 + length)).equals(answer.subarray(0, 20))).toBe(true);
    expect(reader.remaining()).toBeLessThan(16);
    expect(encodeObject(protocol, inner).equals(answer.subarray(20, 20 + length))).toBe(true);
  });

  test("the server's public value has the known prime and generator, and both sides compute the printed key", () => {
    expect(inner).toMatchObject({ g: Number(generator), dhPrime: toBytes(dhPrime), serverTime: sample.serverTime });
    const b = toBigInt(hex(sample.b));
    expect(requireBytes(read(sample.clientData), "gB")).toEqual(toBytes(modPow(generator, b, dhPrime), 256));
    const gA = toBigInt(requireBytes(inner, "gA"));
    expect(isInRange(gA)).toBe(true);
    const key = computeSharedKey(gA, b);
    expect(key.equals(hex(sample.authKey))).toBe(true);
    expect(requireBytes(read(sample.dhGenOk), "newNonceHash1")).toEqual(hashNewNonce(newNonce, 1, key));
  });
});

test("a key's fingerprint is the one that Telegram publishes with the key", () => {
  const fingerprint = hex(sample.fingerprint).readBigInt64LE();
  const published = _serverKeys.get(fingerprint.toString());
  const modulus = toBytes(BigInt(published?.n.toString() ?? 0));
  expect(computeFingerprint(modulus, Buffer.from([1, 0, 1]))).toBe(fingerprint);
  expect(read(sample.resPq)["serverPublicKeyFingerprints"]).toContain(fingerprint);
});

test("the test key has the fingerprint that is written beside it, and the fingerprint does not begin with a zero", () => {
  const { fingerprint } = parseRsaKey(testKey.privatePem);
  expect(BigInt.asUintN(64, fingerprint).toString(16)).toBe(testKey.fingerprint);
  expect(testKey.fingerprint).toMatch(/^[1-9a-f][0-9a-f]{15}$/);
});

test("a key has 256 bytes, leading zeros included", () => {
  expect(computeSharedKey(1n, 5n)).toEqual(Buffer.concat([Buffer.alloc(255), Buffer.from([1])]));
});
