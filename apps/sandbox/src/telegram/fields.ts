import type { TlObject } from "@patchbay/mtproto-server";

// The codec has checked every value against the schema. An optional field that is absent reads as empty.

/** Reads a string field; empty if it is absent. */
export function readText(object: TlObject, field: string): string {
  const value = object[field];
  return typeof value === "string" ? value : "";
}

/** Reads an int field; 0 if it is absent. */
export function readInt(object: TlObject, field: string): number {
  const value = object[field];
  return typeof value === "number" ? value : 0;
}

/** Reads a long field; 0 if it is absent. */
export function readLong(object: TlObject, field: string): bigint {
  const value = object[field];
  return typeof value === "bigint" ? value : 0n;
}

/** Reads a field of bytes; empty if it is absent. */
export function readBytes(object: TlObject, field: string): Buffer {
  const value = object[field];
  return value instanceof Uint8Array ? Buffer.from(value) : Buffer.alloc(0);
}

/** Reads a vector field; empty if it is absent. */
export function readList(object: TlObject, field: string): readonly unknown[] {
  const value = object[field];
  return Array.isArray(value) ? value : [];
}

/** Reads an object field. An absent one is an object without a constructor. */
export function readObject(object: TlObject, field: string): TlObject {
  return toTlObject(object[field]);
}

const isObject = (value: unknown): value is TlObject =>
  typeof value === "object" && value !== null && "_" in value && typeof value._ === "string";

/** Returns a TL object. Any other value becomes an object without a constructor. */
export const toTlObject = (value: unknown): TlObject => (isObject(value) ? value : { _: "" });
