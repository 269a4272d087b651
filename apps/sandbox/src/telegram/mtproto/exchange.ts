import { randomBytes } from "node:crypto";
import type { TlObject } from "../rpc.ts";
import { sha1, toBigInt, toBytes } from "./bytes.ts";
import { agree, dhPrime, drawHalf, drawPrimes, generator, type Half, isInRange } from "./dh.ts";
import { auxHash, firstSalt, newNonceHash, temporaryKeys } from "./exchange-keys.ts";
import type { MtprotoFaults } from "./faults.ts";
import { igeDecrypt, igeEncrypt } from "./ige.ts";
import type { RsaKey } from "./rsa.ts";
import { decodeObject } from "./tl/decode.ts";
import { encodeObject } from "./tl/encode.ts";
import { bytesOf, intOf, longOf } from "./tl/fields.ts";
import { createReader } from "./tl/reader.ts";
import type { TlSchema } from "./tl/schema.ts";
import { TransportError } from "./transport-error.ts";

export interface ExchangeDeps {
  readonly dc: number;
  readonly protocol: TlSchema;
  readonly rsa: RsaKey;
  readonly clock: { now(): number };
  readonly faults: MtprotoFaults;
  /** Keeps the key that came of it; false where its id is taken, and the client is to try again. */
  readonly keep: (material: KeyMaterial) => boolean;
}

/** A key that both sides now have. */
export interface KeyMaterial {
  readonly secret: Buffer;
  readonly salt: bigint;
  /** A temporary key's life, in seconds. */
  readonly expiresIn?: number;
}

/** What both sides drew: 1 is the question for p and q, 2 the halves of the key. */
interface Opening {
  readonly nonce: Buffer;
  readonly serverNonce: Buffer;
  readonly p: Buffer;
  readonly q: Buffer;
}
interface Progress extends Opening {
  readonly newNonce: Buffer;
  readonly half: Half;
  readonly expiresIn: number | undefined;
  /** 0, or the hash of the key that was refused before. */
  readonly retryId: bigint;
}

/** One connection's key exchanges, one after another: each question's answer, or a transport error where it is wrong. */
export function createExchange(deps: ExchangeDeps): (query: TlObject) => TlObject {
  let opening: Opening | undefined;
  let progress: Progress | undefined;

  return (query) => {
    switch (query._) {
      case "req_pq":
      case "req_pq_multi": {
        progress = undefined;
        opening = begin(bytesOf(query, "nonce"));
        return resPq(opening, deps.rsa);
      }
      case "req_DH_params": {
        progress = acceptProof(deps, same(opening, query), query);
        return serverParams(deps, progress);
      }
      case "set_client_DH_params": {
        const current = same(progress, query);
        const { answer, next } = conclude(deps, current, query);
        progress = next;
        return answer;
      }
      default:
        throw new TransportError(404);
    }
  };
}

function begin(nonce: Buffer): Opening {
  const { p, q } = drawPrimes();
  return { nonce, serverNonce: randomBytes(16), p: toBytes(p), q: toBytes(q) };
}

function resPq({ nonce, serverNonce, p, q }: Opening, { fingerprint }: RsaKey): TlObject {
  const pq = toBytes(toBigInt(p) * toBigInt(q));
  return { _: "resPQ", nonce, serverNonce, pq, serverPublicKeyFingerprints: [fingerprint] };
}

/** The state that a question belongs to, by both nonces. */
function same<T extends Opening>(state: T | undefined, query: TlObject): T {
  if (!state) throw new TransportError(404);
  for (const name of ["nonce", "serverNonce"] as const) expectSame(query, name, state[name]);
  return state;
}

function expectSame(query: TlObject, field: string, expected: Buffer): void {
  if (!bytesOf(query, field).equals(expected)) throw new TransportError(404);
}

function acceptProof({ dc, protocol, rsa }: ExchangeDeps, opening: Opening, query: TlObject): Progress {
  if (longOf(query, "publicKeyFingerprint") !== rsa.fingerprint) throw new TransportError(404);
  const data = rsa.open(bytesOf(query, "encryptedData"));
  if (!data) throw new TransportError(404);
  const inner = decodeObject(protocol, createReader(data));
  if (!inner._.startsWith("p_q_inner_data")) throw new TransportError(404);
  same(opening, inner);
  for (const factor of ["p", "q"] as const) {
    expectSame(query, factor, opening[factor]);
    expectSame(inner, factor, opening[factor]);
  }
  if (inner._.endsWith("_dc") && Math.abs(intOf(inner, "dc")) % 10_000 !== dc) throw new TransportError(444);
  const expiresIn = inner._.includes("_temp") ? intOf(inner, "expiresIn") : undefined;
  return { ...opening, newNonce: bytesOf(inner, "newNonce"), half: drawHalf(), expiresIn, retryId: 0n };
}

function serverParams({ protocol, clock }: ExchangeDeps, progress: Progress): TlObject {
  const { nonce, serverNonce, newNonce, half } = progress;
  const inner = encodeObject(protocol, {
    _: "server_DH_inner_data",
    nonce,
    serverNonce,
    g: Number(generator),
    dhPrime: toBytes(dhPrime, 256),
    gA: toBytes(half.shown, 256),
    serverTime: Math.floor(clock.now() / 1000),
  });
  const hashed = Buffer.concat([sha1(inner), inner]);
  const padded = Buffer.concat([hashed, randomBytes((16 - (hashed.length % 16)) % 16)]);
  const encryptedAnswer = igeEncrypt(padded, temporaryKeys(newNonce, serverNonce));
  return { _: "server_DH_params_ok", nonce, serverNonce, encryptedAnswer };
}

interface Conclusion {
  readonly answer: TlObject;
  /** What is left to go on with: only after dh_gen_retry. */
  readonly next: Progress | undefined;
}

function conclude(deps: ExchangeDeps, progress: Progress, query: TlObject): Conclusion {
  const { nonce, serverNonce, newNonce, half, expiresIn } = progress;
  const theirs = openHalf(deps.protocol, progress, bytesOf(query, "encryptedData"));
  const secret = agree(theirs, half.secret);
  const known = { nonce, serverNonce };
  if (!isInRange(theirs) || deps.faults.take("dh_fail"))
    return {
      answer: { _: "dh_gen_fail", ...known, newNonceHash3: newNonceHash(newNonce, 3, secret) },
      next: undefined,
    };
  const material = { secret, salt: firstSalt(newNonce, serverNonce), ...(expiresIn !== undefined && { expiresIn }) };
  if (deps.faults.take("dh_retry") || !deps.keep(material))
    return {
      answer: { _: "dh_gen_retry", ...known, newNonceHash2: newNonceHash(newNonce, 2, secret) },
      next: { ...progress, retryId: auxHash(secret).readBigInt64LE() },
    };
  const hash = deps.faults.take("nonce_hash") ? randomBytes(16) : newNonceHash(newNonce, 1, secret);
  return { answer: { _: "dh_gen_ok", ...known, newNonceHash1: hash }, next: undefined };
}

function openHalf(protocol: TlSchema, progress: Progress, sealed: Buffer): bigint {
  if (sealed.length === 0 || sealed.length % 16 !== 0) throw new TransportError(404);
  const plain = igeDecrypt(sealed, temporaryKeys(progress.newNonce, progress.serverNonce));
  const reader = createReader(plain.subarray(20));
  const inner = decodeObject(protocol, reader);
  const data = plain.subarray(20, plain.length - reader.remaining());
  if (inner._ !== "client_DH_inner_data" || reader.remaining() > 15) throw new TransportError(404);
  if (!sha1(data).equals(plain.subarray(0, 20))) throw new TransportError(404);
  same(progress, inner);
  if (longOf(inner, "retryId") !== progress.retryId) throw new TransportError(404);
  return toBigInt(bytesOf(inner, "gB"));
}
