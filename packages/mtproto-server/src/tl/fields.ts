import type { TlObject } from "../rpc.ts";

/** Returns a field that must be an int. Throws if it is not. */
export function requireInt(object: TlObject, field: string): number {
  const value = object[field];
  if (typeof value !== "number") throw new TypeError(`${object._}.${field} is no int`);
  return value;
}

/** Returns a field that must be a long. Throws if it is not. */
export function requireLong(object: TlObject, field: string): bigint {
  const value = object[field];
  if (typeof value !== "bigint") throw new TypeError(`${object._}.${field} is no long`);
  return value;
}

/** Returns a field that must be bytes. Throws if it is not. */
export function requireBytes(object: TlObject, field: string): Buffer {
  const value = object[field];
  if (!Buffer.isBuffer(value)) throw new TypeError(`${object._}.${field} is no bytes`);
  return value;
}

/** Returns a field that must be a string. Throws if it is not. */
export function requireText(object: TlObject, field: string): string {
  const value = object[field];
  if (typeof value !== "string") throw new TypeError(`${object._}.${field} is no string`);
  return value;
}

/** Returns a field that must be a vector of longs. Throws if it is not. */
export function requireLongs(object: TlObject, field: string): bigint[] {
  const value = object[field];
  if (!Array.isArray(value)) throw new TypeError(`${object._}.${field} is no vector`);
  return value.filter((item) => typeof item === "bigint");
}
