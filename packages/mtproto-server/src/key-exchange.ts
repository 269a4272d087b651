import type { ServerClock } from "./clock.ts";
import { randomBytes } from "node:crypto";
import type { TlObject } from "./rpc.ts";
import { sha1, toBigInt, toBytes } from "./crypto/bytes.ts";
import {
  computeSharedKey,
  dhPrime,
  createDhHalf,
  createPrimePair,
  generator,
  type DhHalf,
  isInRange,
} from "./crypto/dh.ts";
import { computeAuxHash, deriveFirstSalt, hashNewNonce, deriveExchangeKeys } from "./key-exchange-hashes.ts";
import type { MtprotoFaults } from "./faults.ts";
import { igeDecrypt, igeEncrypt } from "./crypto/ige.ts";
import type { RsaKey } from "./crypto/rsa.ts";
import { decodeObject } from "./tl/decode.ts";
import { encodeObject } from "./tl/encode.ts";
import { requireBytes, requireInt, requireLong } from "./tl/fields.ts";
import { createReader } from "./tl/reader.ts";
import type { TlSchema } from "./tl/schema.ts";
import { TransportError } from "./transport-error.ts";

/** What a key exchange needs. */
export interface KeyExchangeDeps {
  readonly dc: number;
  readonly protocol: TlSchema;
  readonly rsa: RsaKey;
  readonly clock: ServerClock;
  readonly faults: MtprotoFaults;
  /** Stores the new key. Returns false if its id is taken: the client then tries again. */
  readonly storeKey: (material: KeyMaterial) => boolean;
}

/** A key that both sides have. */
export interface KeyMaterial {
  readonly secret: Buffer;
  readonly salt: bigint;
  /** The life of a temporary key in seconds. */
  readonly expiresIn?: number;
}

/** What both sides chose. The first step is the factorization of p and q, the second the exchange of public values. */
interface ExchangeStart {
  readonly nonce: Buffer;
  readonly serverNonce: Buffer;
  readonly p: Buffer;
  readonly q: Buffer;
}
interface ExchangeProgress extends ExchangeStart {
  readonly newNonce: Buffer;
  readonly half: DhHalf;
  readonly expiresIn: number | undefined;
  /** 0, or the hash of the key that was refused before. */
  readonly retryId: bigint;
}

/** Answers one connection's key exchanges, one after another. Throws TransportError for a wrong message. */
export function createKeyExchange(deps: KeyExchangeDeps): (query: TlObject) => TlObject {
  let opening: ExchangeStart | undefined;
  let progress: ExchangeProgress | undefined;

  return (query) => {
    switch (query._) {
      case "req_pq":
      case "req_pq_multi": {
        progress = undefined;
        opening = startExchange(requireBytes(query, "nonce"));
        return buildResPq(opening, deps.rsa);
      }
      case "req_DH_params": {
        progress = acceptDhRequest(deps, requireSameNonces(opening, query), query);
        return buildServerDhParams(deps, progress);
      }
      case "set_client_DH_params": {
        const current = requireSameNonces(progress, query);
        const { answer, next } = completeExchange(deps, current, query);
        progress = next;
        return answer;
      }
      default:
        throw new TransportError(404);
    }
  };
}

function startExchange(nonce: Buffer): ExchangeStart {
  const { p, q } = createPrimePair();
  return { nonce, serverNonce: randomBytes(16), p: toBytes(p), q: toBytes(q) };
}

function buildResPq({ nonce, serverNonce, p, q }: ExchangeStart, { fingerprint }: RsaKey): TlObject {
  const pq = toBytes(toBigInt(p) * toBigInt(q));
  return { _: "resPQ", nonce, serverNonce, pq, serverPublicKeyFingerprints: [fingerprint] };
}

/** Returns the state that a message belongs to, by both nonces. */
function requireSameNonces<T extends ExchangeStart>(state: T | undefined, query: TlObject): T {
  if (!state) throw new TransportError(404);
  for (const name of ["nonce", "serverNonce"] as const) requireSameBytes(query, name, state[name]);
  return state;
}

function requireSameBytes(query: TlObject, field: string, expected: Buffer): void {
  if (!requireBytes(query, field).equals(expected)) throw new TransportError(404);
}

function acceptDhRequest(
  { dc, protocol, rsa }: KeyExchangeDeps,
  opening: ExchangeStart,
  query: TlObject,
): ExchangeProgress {
  if (requireLong(query, "publicKeyFingerprint") !== rsa.fingerprint) throw new TransportError(404);
  const data = rsa.decrypt(requireBytes(query, "encryptedData"));
  if (!data) throw new TransportError(404);
  const inner = decodeObject(protocol, createReader(data));
  if (!inner._.startsWith("p_q_inner_data")) throw new TransportError(404);
  requireSameNonces(opening, inner);
  for (const factor of ["p", "q"] as const) {
    requireSameBytes(query, factor, opening[factor]);
    requireSameBytes(inner, factor, opening[factor]);
  }
  if (inner._.endsWith("_dc") && Math.abs(requireInt(inner, "dc")) % 10_000 !== dc) throw new TransportError(444);
  const expiresIn = inner._.includes("_temp") ? requireInt(inner, "expiresIn") : undefined;
  return { ...opening, newNonce: requireBytes(inner, "newNonce"), half: createDhHalf(), expiresIn, retryId: 0n };
}

function buildServerDhParams({ protocol, clock }: KeyExchangeDeps, progress: ExchangeProgress): TlObject {
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
  const encryptedAnswer = igeEncrypt(padded, deriveExchangeKeys(newNonce, serverNonce));
  return { _: "server_DH_params_ok", nonce, serverNonce, encryptedAnswer };
}

interface ExchangeResult {
  readonly answer: TlObject;
  /** The state for the next attempt, after dh_gen_retry. */
  readonly next: ExchangeProgress | undefined;
}

function completeExchange(deps: KeyExchangeDeps, progress: ExchangeProgress, query: TlObject): ExchangeResult {
  const { nonce, serverNonce, newNonce, half, expiresIn } = progress;
  const theirs = decryptClientHalf(deps.protocol, progress, requireBytes(query, "encryptedData"));
  const secret = computeSharedKey(theirs, half.secret);
  const known = { nonce, serverNonce };
  if (!isInRange(theirs) || deps.faults.take("dh_fail"))
    return {
      answer: { _: "dh_gen_fail", ...known, newNonceHash3: hashNewNonce(newNonce, 3, secret) },
      next: undefined,
    };
  const material = {
    secret,
    salt: deriveFirstSalt(newNonce, serverNonce),
    ...(expiresIn !== undefined && { expiresIn }),
  };
  if (deps.faults.take("dh_retry") || !deps.storeKey(material))
    return {
      answer: { _: "dh_gen_retry", ...known, newNonceHash2: hashNewNonce(newNonce, 2, secret) },
      next: { ...progress, retryId: computeAuxHash(secret).readBigInt64LE() },
    };
  const hash = deps.faults.take("nonce_hash") ? randomBytes(16) : hashNewNonce(newNonce, 1, secret);
  return { answer: { _: "dh_gen_ok", ...known, newNonceHash1: hash }, next: undefined };
}

function decryptClientHalf(protocol: TlSchema, progress: ExchangeProgress, sealed: Buffer): bigint {
  if (sealed.length === 0 || sealed.length % 16 !== 0) throw new TransportError(404);
  const plain = igeDecrypt(sealed, deriveExchangeKeys(progress.newNonce, progress.serverNonce));
  const reader = createReader(plain.subarray(20));
  const inner = decodeObject(protocol, reader);
  const data = plain.subarray(20, plain.length - reader.remaining());
  if (inner._ !== "client_DH_inner_data" || reader.remaining() > 15) throw new TransportError(404);
  if (!sha1(data).equals(plain.subarray(0, 20))) throw new TransportError(404);
  requireSameNonces(progress, inner);
  if (requireLong(inner, "retryId") !== progress.retryId) throw new TransportError(404);
  return toBigInt(requireBytes(inner, "gB"));
}
