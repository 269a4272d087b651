import type { TlObject } from "../rpc.ts";
import { boolFalse, boolTrue, vectorId } from "./constructor-ids.ts";
import type { TlDefinition, TlField, TlSchema, TlType } from "./schema.ts";
import { createWriter, type TlWriter } from "./writer.ts";

/** Says that the schema does not allow a value in its place. */
export class TlEncodeError extends TypeError {
  override name = "Unwritable";
}

/** Encodes one value of a type. */
export function encodeValue(schema: TlSchema, type: TlType, value: unknown): Buffer {
  const writer = createWriter();
  writeValue({ schema, writer, path: "" }, type, value);
  return writer.done();
}

/** Encodes an object with its constructor id. */
export const encodeObject = (schema: TlSchema, value: TlObject): Buffer =>
  encodeValue(schema, { kind: "object", name: "" }, value);

interface EncodeTarget {
  readonly schema: TlSchema;
  readonly writer: TlWriter;
  /** The path of the value, for the error's message. */
  readonly path: string;
}

function writeValue(target: EncodeTarget, type: TlType, value: unknown): void {
  const { writer, path } = target;
  switch (type.kind) {
    case "int":
    case "flags":
      return void writer.int(requireNumber(value, path));
    case "long":
      return void writer.long(requireBigInt(value, path));
    case "double":
      return void writer.double(requireNumber(value, path));
    case "int128":
      return void writer.raw(requireBuffer(value, path, 16));
    case "int256":
      return void writer.raw(requireBuffer(value, path, 32));
    case "bytes":
      return void writer.bytes(requireBuffer(value, path));
    case "string":
      return void writer.bytes(requireString(value, path));
    case "bool":
      return void writer.int(requireBoolean(value, path) ? boolTrue : boolFalse);
    case "true":
      return;
    case "vector":
      return writeVector(target, type, value);
    case "bare":
    case "object":
      return writeObject(target, type, value);
  }
}

function writeVector(target: EncodeTarget, { boxed, of }: TlType & { kind: "vector" }, value: unknown): void {
  if (!Array.isArray(value)) throw new TlEncodeError(`${target.path || "this"} is no array`);
  if (boxed) target.writer.int(vectorId);
  target.writer.int(value.length);
  for (const [index, item] of value.entries()) writeValue({ ...target, path: `${target.path}[${index}]` }, of, item);
}

function writeObject(target: EncodeTarget, type: TlType & { kind: "bare" | "object" }, value: unknown): void {
  if (!isObject(value)) throw new TlEncodeError(`${target.path || "this"} is no TL object`);
  const definition = target.schema.byName.get(value._);
  if (!definition) throw new TlEncodeError(`layer ${target.schema.layer} has no ${value._}`);
  if (!isOfType(definition, type)) throw new TlEncodeError(`${target.path} takes ${type.name}, not ${value._}`);
  if (type.kind === "object") target.writer.int(definition.id);
  for (const field of definition.fields) writeField({ ...target, path: `${target.path}/${value._}` }, field, value);
}

function isOfType({ name, result }: TlDefinition, type: TlType & { kind: "bare" | "object" }): boolean {
  if (type.kind === "bare") return name === type.name;
  return type.name === "" || (result.kind === "object" && result.name === type.name);
}

function writeField(target: EncodeTarget, { name, type, flag }: TlField, owner: TlObject): void {
  const value = owner[name];
  if (type.kind === "flags") return void target.writer.int(computeFlags(target.schema, owner, name));
  if (flag && !isGiven(value)) {
    // Several fields may share a bit. Then all of them are present, or none.
    const isSet = ((computeFlags(target.schema, owner, flag.field) >>> flag.bit) & 1) === 1;
    if (isSet && type.kind !== "true") throw new TlEncodeError(`${target.path}.${name} is missing`);
    return;
  }
  writeValue({ ...target, path: `${target.path}.${name}` }, type, value);
}

function computeFlags(schema: TlSchema, owner: TlObject, flags: string): number {
  const fields = schema.byName.get(owner._)?.fields ?? [];
  return fields
    .filter(({ name, flag }) => flag?.field === flags && isGiven(owner[name]))
    .filter(({ name, type }) => type.kind !== "true" || owner[name] === true)
    .reduce((bits, { flag }) => bits | (1 << (flag?.bit ?? 0)), 0);
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

const isObject = (value: unknown): value is TlObject =>
  typeof value === "object" && value !== null && "_" in value && typeof value._ === "string";

function requireNumber(value: unknown, path: string): number {
  if (typeof value !== "number") throw new TlEncodeError(`${path} is no number`);
  return value;
}

function requireBigInt(value: unknown, path: string): bigint {
  if (typeof value !== "bigint") throw new TlEncodeError(`${path} is no bigint`);
  return value;
}

function requireBoolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw new TlEncodeError(`${path} is no boolean`);
  return value;
}

function requireString(value: unknown, path: string): Buffer {
  if (typeof value !== "string") throw new TlEncodeError(`${path} is no string`);
  return Buffer.from(value);
}

function requireBuffer(value: unknown, path: string, length?: number): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TlEncodeError(`${path} is no buffer`);
  if (length !== undefined && value.length !== length) throw new TlEncodeError(`${path} is not ${length} bytes`);
  return value;
}
