import { pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { modPow, sha256, toBigInt, toBytes, xor } from "./crypto/bytes.ts";
import { dhPrime, generator } from "./crypto/dh.ts";

// The server's side of https://core.telegram.org/api/srp.

const valueBytes = 256;

/** The generator and the prime, as the API sends them to a client. */
export const srpGroup = { g: Number(generator), p: toBytes(dhPrime) };

/** The salts of a password. */
export interface SrpSalts {
  readonly salt1: Buffer;
  readonly salt2: Buffer;
}

/** What the server keeps of one exchange between its question and the client's answer. */
export interface SrpExchange {
  readonly salts: SrpSalts;
  readonly verifier: bigint;
  readonly secret: bigint;
  readonly publicValue: Buffer;
}

/** A client's proof that it knows the password. */
export interface SrpProof {
  /** The client's public value. */
  readonly a: Buffer;
  readonly m1: Buffer;
}

const deriveSlowly = promisify(pbkdf2);

const padValue = (value: bigint): Buffer => toBytes(value, valueBytes);
const hashWithSalt = (data: Uint8Array, salt: Uint8Array): Buffer => sha256(salt, data, salt);

const powMod = (base: bigint, exponent: bigint): bigint => modPow(base, exponent, dhPrime);

/** Computes what the server stores of a password: g to the power of its hash. */
export async function computeVerifier(password: string, { salt1, salt2 }: SrpSalts): Promise<bigint> {
  const first = hashWithSalt(hashWithSalt(Buffer.from(password, "utf8"), salt1), salt2);
  const slow = await deriveSlowly(first, salt1, 100_000, 64, "sha512");
  return powMod(generator, toBigInt(hashWithSalt(slow, salt2)));
}

/** Creates random salts. */
export const createSrpSalts = (): SrpSalts => ({ salt1: randomBytes(40), salt2: randomBytes(16) });

const multiplier = toBigInt(sha256(padValue(dhPrime), padValue(generator)));

/** Creates the server's question to a client. */
export function startSrpExchange(salts: SrpSalts, verifier: bigint): SrpExchange {
  const secret = toBigInt(randomBytes(valueBytes));
  const publicValue = (multiplier * verifier + powMod(generator, secret)) % dhPrime;
  return { salts, verifier, secret, publicValue: padValue(publicValue) };
}

/** Whether the client knows the password: its proof equals the one that the server computes. */
export function verifySrpProof({ salts, verifier, secret, publicValue }: SrpExchange, proof: SrpProof): boolean {
  const a = toBigInt(proof.a);
  if (a <= 1n || a >= dhPrime - 1n) return false;
  const scrambler = toBigInt(sha256(padValue(a), publicValue));
  if (scrambler === 0n) return false;
  const shared = powMod(a * powMod(verifier, scrambler), secret);
  return proof.m1.equals(computeProof({ salts, a, publicValue, key: sha256(padValue(shared)) }));
}

interface SharedValues {
  readonly salts: SrpSalts;
  readonly a: bigint;
  readonly publicValue: Buffer;
  readonly key: Buffer;
}

function computeProof({ salts, a, publicValue, key }: SharedValues): Buffer {
  const mixed = xor(sha256(padValue(dhPrime)), sha256(padValue(generator)));
  return sha256(mixed, sha256(salts.salt1), sha256(salts.salt2), padValue(a), publicValue, key);
}
