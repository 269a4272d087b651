import type { TlObject } from "../../rpc.ts";
import { boolFalse, boolTrue, vectorId } from "./ids.ts";
import type { TlDefinition, TlField, TlSchema, TlType } from "./schema.ts";
import { createWriter, type TlWriter } from "./writer.ts";

/** A value that the schema does not allow in its place. */
export class Unwritable extends TypeError {
  override name = "Unwritable";
}

/** Writes one value of a type, to its last byte. */
export function encode(schema: TlSchema, type: TlType, value: unknown): Buffer {
  const writer = createWriter();
  put({ schema, writer, path: "" }, type, value);
  return writer.done();
}

/** Writes an object behind its number. */
export const encodeObject = (schema: TlSchema, value: TlObject): Buffer =>
  encode(schema, { kind: "object", name: "" }, value);

interface Target {
  readonly schema: TlSchema;
  readonly writer: TlWriter;
  /** Where we are, for the sake of the complaint. */
  readonly path: string;
}

function put(target: Target, type: TlType, value: unknown): void {
  const { writer, path } = target;
  switch (type.kind) {
    case "int":
    case "flags":
      return void writer.int(number(value, path));
    case "long":
      return void writer.long(long(value, path));
    case "double":
      return void writer.double(number(value, path));
    case "int128":
      return void writer.raw(bytes(value, path, 16));
    case "int256":
      return void writer.raw(bytes(value, path, 32));
    case "bytes":
      return void writer.bytes(bytes(value, path));
    case "string":
      return void writer.bytes(text(value, path));
    case "bool":
      return void writer.int(bool(value, path) ? boolTrue : boolFalse);
    case "true":
      return;
    case "vector":
      return putVector(target, type, value);
    case "bare":
    case "object":
      return putObject(target, type, value);
  }
}

function putVector(target: Target, { boxed, of }: TlType & { kind: "vector" }, value: unknown): void {
  if (!Array.isArray(value)) throw new Unwritable(`${target.path || "this"} is no array`);
  if (boxed) target.writer.int(vectorId);
  target.writer.int(value.length);
  for (const [index, item] of value.entries()) put({ ...target, path: `${target.path}[${index}]` }, of, item);
}

function putObject(target: Target, type: TlType & { kind: "bare" | "object" }, value: unknown): void {
  if (!isObject(value)) throw new Unwritable(`${target.path || "this"} is no TL object`);
  const definition = target.schema.byName.get(value._);
  if (!definition) throw new Unwritable(`layer ${target.schema.layer} has no ${value._}`);
  if (!fits(definition, type)) throw new Unwritable(`${target.path} takes ${type.name}, not ${value._}`);
  if (type.kind === "object") target.writer.int(definition.id);
  for (const field of definition.fields) putField({ ...target, path: `${target.path}/${value._}` }, field, value);
}

function fits({ name, result }: TlDefinition, type: TlType & { kind: "bare" | "object" }): boolean {
  if (type.kind === "bare") return name === type.name;
  return type.name === "" || (result.kind === "object" && result.name === type.name);
}

function putField(target: Target, { name, type, flag }: TlField, owner: TlObject): void {
  const value = owner[name];
  if (type.kind === "flags") return void target.writer.int(flagsOf(target.schema, owner, name));
  if (flag && !isGiven(value)) {
    // Several fields may share a bit: then they come together or not at all.
    const isSet = ((flagsOf(target.schema, owner, flag.field) >>> flag.bit) & 1) === 1;
    if (isSet && type.kind !== "true") throw new Unwritable(`${target.path}.${name} is missing`);
    return;
  }
  put({ ...target, path: `${target.path}.${name}` }, type, value);
}

function flagsOf(schema: TlSchema, owner: TlObject, flags: string): number {
  const fields = schema.byName.get(owner._)?.fields ?? [];
  return fields
    .filter(({ name, flag }) => flag?.field === flags && isGiven(owner[name]))
    .filter(({ name, type }) => type.kind !== "true" || owner[name] === true)
    .reduce((bits, { flag }) => bits | (1 << (flag?.bit ?? 0)), 0);
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

const isObject = (value: unknown): value is TlObject =>
  typeof value === "object" && value !== null && "_" in value && typeof value._ === "string";

function number(value: unknown, path: string): number {
  if (typeof value !== "number") throw new Unwritable(`${path} is no number`);
  return value;
}

function long(value: unknown, path: string): bigint {
  if (typeof value !== "bigint") throw new Unwritable(`${path} is no bigint`);
  return value;
}

function bool(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw new Unwritable(`${path} is no boolean`);
  return value;
}

function text(value: unknown, path: string): Buffer {
  if (typeof value !== "string") throw new Unwritable(`${path} is no string`);
  return Buffer.from(value);
}

function bytes(value: unknown, path: string, length?: number): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new Unwritable(`${path} is no buffer`);
  if (length !== undefined && value.length !== length) throw new Unwritable(`${path} is not ${length} bytes`);
  return value;
}
