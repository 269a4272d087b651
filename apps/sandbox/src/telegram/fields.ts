import type { TlObject } from "@patchbay/mtproto-server";

// The codec has checked every value against the schema. An optional field that is absent reads as empty.

export function readText(object: TlObject, field: string): string {
  const value = object[field];
  return typeof value === "string" ? value : "";
}

export function readInt(object: TlObject, field: string): number {
  const value = object[field];
  return typeof value === "number" ? value : 0;
}

export function readLong(object: TlObject, field: string): bigint {
  const value = object[field];
  return typeof value === "bigint" ? value : 0n;
}

export function readBytes(object: TlObject, field: string): Buffer {
  const value = object[field];
  return value instanceof Uint8Array ? Buffer.from(value) : Buffer.alloc(0);
}

export function readList(object: TlObject, field: string): readonly unknown[] {
  const value = object[field];
  return Array.isArray(value) ? value : [];
}

export function readObject(object: TlObject, field: string): TlObject {
  return toTlObject(object[field]);
}

const isObject = (value: unknown): value is TlObject =>
  typeof value === "object" && value !== null && "_" in value && typeof value._ === "string";

export const toTlObject = (value: unknown): TlObject => (isObject(value) ? value : { _: "" });
