import { createHash, pbkdf2Sync, randomBytes } from "node:crypto";
import type { TlObject } from "@patchbay/mtproto-server";

// The client's side of https://core.telegram.org/api/srp, computed from its formulae and nothing of the sandbox.

const H = (...data: Uint8Array[]): Buffer => createHash("sha256").update(Buffer.concat(data)).digest();
const SH = (data: Uint8Array, salt: Uint8Array): Buffer => H(salt, data, salt);
const PH1 = (password: Uint8Array, salt1: Uint8Array, salt2: Uint8Array): Buffer => SH(SH(password, salt1), salt2);
const PH2 = (password: Uint8Array, salt1: Uint8Array, salt2: Uint8Array): Buffer =>
  SH(pbkdf2Sync(PH1(password, salt1, salt2), salt1, 100_000, 64, "sha512"), salt2);

const int = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
const bytes256 = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(512, "0"), "hex");

function pow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  if (exponent === 0n) return 1n;
  const half = pow((base * base) % modulus, exponent >> 1n, modulus);
  return exponent & 1n ? (half * base) % modulus : half;
}

interface Algorithm {
  readonly salt1: Buffer;
  readonly salt2: Buffer;
  readonly g: number;
  readonly p: Buffer;
}

/** An inputCheckPasswordSRP for what account.getPassword answered. */
export function proofOf(question: TlObject, password: string): TlObject {
  const { salt1, salt2, g: generator, p: modulus } = question["currentAlgo"] as Algorithm;
  const p = int(modulus);
  const g = BigInt(generator);
  const gB = int(question["srpB"] as Buffer);
  const a = int(randomBytes(256));
  const gA = pow(g, a, p);
  const k = int(H(modulus, bytes256(g)));
  const u = int(H(bytes256(gA), bytes256(gB)));
  const x = int(PH2(Buffer.from(password, "utf8"), salt1, salt2));
  const kv = (k * pow(g, x, p)) % p;
  const t = (((gB - kv) % p) + p) % p;
  const kA = H(bytes256(pow(t, a + u * x, p)));
  const hp = H(modulus);
  const hg = H(bytes256(g));
  const M1 = H(
    Buffer.from(hp.map((byte, index) => byte ^ (hg[index] ?? 0))),
    H(salt1),
    H(salt2),
    bytes256(gA),
    bytes256(gB),
    kA,
  );
  return { _: "inputCheckPasswordSRP", srpId: question["srpId"], A: bytes256(gA), M1 };
}
