import type { TlObject } from "../rpc.ts";

// The codec has checked every value against the schema; an optional field that is absent reads as empty.

export function textOf(object: TlObject, field: string): string {
  const value = object[field];
  return typeof value === "string" ? value : "";
}

export function intOf(object: TlObject, field: string): number {
  const value = object[field];
  return typeof value === "number" ? value : 0;
}

export function longOf(object: TlObject, field: string): bigint {
  const value = object[field];
  return typeof value === "bigint" ? value : 0n;
}

export function bytesOf(object: TlObject, field: string): Buffer {
  const value = object[field];
  return value instanceof Uint8Array ? Buffer.from(value) : Buffer.alloc(0);
}

export function listOf(object: TlObject, field: string): readonly unknown[] {
  const value = object[field];
  return Array.isArray(value) ? value : [];
}

export function objectOf(object: TlObject, field: string): TlObject {
  return asObject(object[field]);
}

const isObject = (value: unknown): value is TlObject =>
  typeof value === "object" && value !== null && "_" in value && typeof value._ === "string";

export const asObject = (value: unknown): TlObject => (isObject(value) ? value : { _: "" });
