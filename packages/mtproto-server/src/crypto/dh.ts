import { generatePrimeSync, randomBytes } from "node:crypto";
import { modPow, toBigInt, toBytes } from "./bytes.ts";

/** The 2048-bit safe prime that Telegram uses. Strict clients accept this prime and this generator without testing them. */
export const dhPrime = toBigInt(
  Buffer.from(
    "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d22530f4db" +
      "fa336f6e0ac925139543aed44cce7c3720fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f64" +
      "2477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4a4a695811051907e162753b56b0f6b41" +
      "0dba74d8a84b2a14b3144e0ef1284754fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4" +
      "e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f0d8115f635b105ee2e4e15d04b2454bf" +
      "6f4fadf034b10403119cd8e3b92fcc5b",
    "hex",
  ),
);

/** The generator of the key exchange. */
export const generator = 3n;

const keyBytes = 256;
const margin = 1n << (2048n - 64n);

/** Whether a public value is far enough from 1 and from the prime. Both sides refuse any other. */
export const isInRange = (half: bigint): boolean => half > margin && half < dhPrime - margin;

/** One side's secret and its public value. */
export interface DhHalf {
  readonly secret: bigint;
  readonly shown: bigint;
}

/** Creates a secret and its public value. */
export function createDhHalf(): DhHalf {
  const secret = toBigInt(randomBytes(keyBytes));
  const shown = modPow(generator, secret, dhPrime);
  return isInRange(shown) ? { secret, shown } : createDhHalf();
}

/** Computes the authorization key: always 256 bytes, leading zeros included. */
export const computeSharedKey = (theirs: bigint, secret: bigint): Buffer =>
  toBytes(modPow(theirs, secret, dhPrime), keyBytes);

/** Creates two primes whose product the client factorizes. `p` is the smaller one. */
export function createPrimePair(): { p: bigint; q: bigint } {
  const [one, other] = [createPrime(), createPrime()];
  if (one === other) return createPrimePair();
  return one < other ? { p: one, q: other } : { p: other, q: one };
}

const createPrime = (): bigint => generatePrimeSync(31, { bigint: true });
