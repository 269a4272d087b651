import { pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { modPow, sha256, toBigInt, toBytes, xor } from "../mtproto/bytes.ts";
import { dhPrime, generator } from "../mtproto/dh.ts";

// The server's side of https://core.telegram.org/api/srp.

const size = 256;

export interface Salts {
  readonly salt1: Buffer;
  readonly salt2: Buffer;
}

/** One exchange: what the server keeps between the question and the answer. */
export interface Exchange {
  readonly salts: Salts;
  readonly verifier: bigint;
  readonly secret: bigint;
  readonly publicValue: Buffer;
}

export interface Proof {
  /** The client's public value. */
  readonly a: Buffer;
  readonly m1: Buffer;
}

const stretch = promisify(pbkdf2);

const padded = (value: bigint): Buffer => toBytes(value, size);
const salted = (data: Uint8Array, salt: Uint8Array): Buffer => sha256(salt, data, salt);

const power = (base: bigint, exponent: bigint): bigint => modPow(base, exponent, dhPrime);

/** What is kept of a password: g to the power of its hash. */
export async function verifierOf(password: string, { salt1, salt2 }: Salts): Promise<bigint> {
  const first = salted(salted(Buffer.from(password, "utf8"), salt1), salt2);
  const slow = await stretch(first, salt1, 100_000, 64, "sha512");
  return power(generator, toBigInt(salted(slow, salt2)));
}

export const freshSalts = (): Salts => ({ salt1: randomBytes(40), salt2: randomBytes(16) });

const multiplier = toBigInt(sha256(padded(dhPrime), padded(generator)));

export function beginExchange(salts: Salts, verifier: bigint): Exchange {
  const secret = toBigInt(randomBytes(size));
  const publicValue = (multiplier * verifier + power(generator, secret)) % dhPrime;
  return { salts, verifier, secret, publicValue: padded(publicValue) };
}

/** Whether the client knows the password: its proof must be the one that we come to as well. */
export function isProven({ salts, verifier, secret, publicValue }: Exchange, proof: Proof): boolean {
  const a = toBigInt(proof.a);
  if (a <= 1n || a >= dhPrime - 1n) return false;
  const scrambler = toBigInt(sha256(padded(a), publicValue));
  if (scrambler === 0n) return false;
  const shared = power(a * power(verifier, scrambler), secret);
  return proof.m1.equals(expected({ salts, a, publicValue, key: sha256(padded(shared)) }));
}

interface Agreed {
  readonly salts: Salts;
  readonly a: bigint;
  readonly publicValue: Buffer;
  readonly key: Buffer;
}

function expected({ salts, a, publicValue, key }: Agreed): Buffer {
  const mixed = xor(sha256(padded(dhPrime)), sha256(padded(generator)));
  return sha256(mixed, sha256(salts.salt1), sha256(salts.salt2), padded(a), publicValue, key);
}
