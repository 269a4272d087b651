import type { TlObject } from "../../rpc.ts";

/** Typed access to the fields of an object that the codec read. */
export function intOf(object: TlObject, field: string): number {
  const value = object[field];
  if (typeof value !== "number") throw new TypeError(`${object._}.${field} is no int`);
  return value;
}

export function longOf(object: TlObject, field: string): bigint {
  const value = object[field];
  if (typeof value !== "bigint") throw new TypeError(`${object._}.${field} is no long`);
  return value;
}

export function bytesOf(object: TlObject, field: string): Buffer {
  const value = object[field];
  if (!Buffer.isBuffer(value)) throw new TypeError(`${object._}.${field} is no bytes`);
  return value;
}

export function textOf(object: TlObject, field: string): string {
  const value = object[field];
  if (typeof value !== "string") throw new TypeError(`${object._}.${field} is no string`);
  return value;
}

export function longsOf(object: TlObject, field: string): bigint[] {
  const value = object[field];
  if (!Array.isArray(value)) throw new TypeError(`${object._}.${field} is no vector`);
  return value.filter((item) => typeof item === "bigint");
}
