import { constants, publicEncrypt, randomBytes } from "node:crypto";
import { modPow, sha1, sha256, toBigInt, toBytes, xor } from "../src/crypto/bytes.ts";
import { deriveExchangeKeys } from "../src/key-exchange-hashes.ts";
import { igeDecrypt, igeEncrypt } from "../src/crypto/ige.ts";
import { testKey } from "../src/crypto/test-key.ts";
import { decodeObject } from "../src/tl/decode.ts";
import { encodeObject } from "../src/tl/encode.ts";
import { requireBytes } from "../src/tl/fields.ts";
import { loadSchemas } from "../src/tl/load-schemas.ts";
import { createReader } from "../src/tl/reader.ts";
import { createWriter } from "../src/tl/writer.ts";
import type { TlObject } from "../src/rpc.ts";
import { getPublicNumbers } from "./public-numbers.ts";
import type { Wire } from "./raw-wire.ts";

export const { protocol, layer } = await loadSchemas();

let lastMsgId = 0n;
/** A client's message id: the time, divisible by four, and higher than the one before. */
export function clientMsgId(): bigint {
  const wanted = msgIdAt(Date.now());
  lastMsgId = wanted > lastMsgId ? wanted : lastMsgId + 4n;
  return lastMsgId;
}

export const msgIdAt = (ms: number): bigint => ((BigInt(ms) << 32n) / 1000n) & ~3n;

/** Asks in a message without encryption; a transport error comes as its number. */
export async function askPlainly(wire: Wire, query: TlObject): Promise<TlObject | number> {
  const body = encodeObject(protocol, query);
  wire.send(createWriter().long(0n).long(clientMsgId()).int(body.length).raw(body).done());
  const payload = await wire.next();
  return payload.length === 4 ? payload.readInt32LE() : decodeObject(protocol, createReader(payload.subarray(20)));
}

/** How a client may go wrong in the exchange, or ask for another kind of key. */
export interface Deviations {
  readonly inner?: TlObject;
  readonly dhParams?: Partial<Record<string, unknown>>;
  readonly gB?: bigint;
  readonly retryId?: bigint;
  readonly corrupt?: boolean;
  /** Whether it tries again on dh_gen_retry. */
  readonly perseveres?: boolean;
}

export interface Exchanged {
  readonly answer: TlObject | number;
  readonly key: Buffer;
  readonly salt: bigint;
  readonly newNonce: Buffer;
}

/** The client's side of the key exchange, step by step as the protocol describes it. */
export async function exchange(wire: Wire, deviations: Deviations = {}): Promise<Exchanged> {
  const nonce = randomBytes(16);
  const newNonce = randomBytes(32);
  const resPq = expectObject(await askPlainly(wire, { _: "req_pq_multi", nonce }));
  const serverNonce = requireBytes(resPq, "serverNonce");
  const { p, q } = factors(toBigInt(requireBytes(resPq, "pq")));
  const common = { nonce, serverNonce, p: toBytes(p), q: toBytes(q) };
  const inner = { _: "p_q_inner_data", pq: requireBytes(resPq, "pq"), ...common, newNonce, ...deviations.inner };
  const params = await askPlainly(wire, {
    _: "req_DH_params",
    ...common,
    publicKeyFingerprint: getPublicNumbers().fingerprint,
    encryptedData: rsaPad(encodeObject(protocol, inner)),
    ...deviations.dhParams,
  });
  if (typeof params === "number") return { answer: params, key: Buffer.alloc(0), salt: 0n, newNonce };
  const keys = deriveExchangeKeys(newNonce, serverNonce);
  const theirs = decodeObject(
    protocol,
    createReader(igeDecrypt(requireBytes(params, "encryptedAnswer"), keys).subarray(20)),
  );
  const prime = toBigInt(requireBytes(theirs, "dhPrime"));
  const gA = toBigInt(requireBytes(theirs, "gA"));
  const salt = xor(newNonce.subarray(0, 8), serverNonce.subarray(0, 8)).readBigInt64LE();

  async function offer(retryId: bigint): Promise<Exchanged> {
    const secret = toBigInt(randomBytes(256));
    const gB = toBytes(deviations.gB ?? modPow(3n, secret, prime), 256);
    const mine = encodeObject(protocol, { _: "client_DH_inner_data", nonce, serverNonce, retryId, gB });
    const hashed = Buffer.concat([deviations.corrupt ? randomBytes(20) : sha1(mine), mine]);
    const encryptedData = igeEncrypt(Buffer.concat([hashed, randomBytes((16 - (hashed.length % 16)) % 16)]), keys);
    const answer = await askPlainly(wire, { _: "set_client_DH_params", nonce, serverNonce, encryptedData });
    const key = toBytes(modPow(gA, secret, prime), 256);
    const isAsked = typeof answer !== "number" && answer._ === "dh_gen_retry" && deviations.perseveres;
    return isAsked ? offer(sha1(key).readBigInt64LE()) : { answer, key, salt, newNonce };
  }

  return offer(deviations.retryId ?? 0n);
}

export function expectObject(answer: TlObject | number): TlObject {
  if (typeof answer === "number") throw new Error(`transport error ${answer}`);
  return answer;
}

/** RSA_PAD, forwards. */
function rsaPad(data: Buffer): Buffer {
  const padded = Buffer.concat([data, randomBytes(192 - data.length)]);
  const key = randomBytes(32);
  const sealed = Buffer.concat([Buffer.from(padded.toReversed()), sha256(key, padded)]);
  const encrypted = igeEncrypt(sealed, { key, iv: Buffer.alloc(32) });
  const block = Buffer.concat([xor(key, sha256(encrypted)), encrypted]);
  if (toBigInt(block) >= getPublicNumbers().modulus) return rsaPad(data);
  return publicEncrypt({ key: testKey.publicPem, padding: constants.RSA_NO_PADDING }, block);
}

/** Pollard's rho. */
function factors(pq: bigint): { p: bigint; q: bigint } {
  for (let c = 1n; ; c += 1n) {
    let [x, y, d] = [2n, 2n, 1n];
    while (d === 1n) {
      x = (x * x + c) % pq;
      y = (y * y + c) % pq;
      y = (y * y + c) % pq;
      d = gcd(x > y ? x - y : y - x, pq);
    }
    if (d !== pq) return d < pq / d ? { p: d, q: pq / d } : { p: pq / d, q: d };
  }
}

function gcd(left: bigint, right: bigint): bigint {
  return right === 0n ? left : gcd(right, left % right);
}
