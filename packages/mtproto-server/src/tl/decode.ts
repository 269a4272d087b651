import type { TlObject } from "../rpc.ts";
import { boolFalse, boolTrue, vectorId } from "./constructor-ids.ts";
import type { TlReader } from "./reader.ts";
import type { TlDefinition, TlSchema, TlType } from "./schema.ts";

/** Says that the schema has no constructor with this id. */
export class UnknownConstructor extends Error {
  override name = "UnknownConstructor";
  readonly id: number;

  constructor(id: number) {
    super(`no constructor ${id.toString(16).padStart(8, "0")}`);
    this.id = id;
  }
}

/** Decodes an object by its constructor id. */
export function decodeObject(schema: TlSchema, reader: TlReader): TlObject {
  return decodeFields(schema, getDefinition(schema, reader.uint()), reader);
}

/** Returns the constructor or method with this id. Throws UnknownConstructor. */
export function getDefinition(schema: TlSchema, id: number): TlDefinition {
  const definition = schema.byId.get(id);
  if (!definition) throw new UnknownConstructor(id);
  return definition;
}

/** Decodes the fields after the id of a constructor or method. */
export function decodeFields(schema: TlSchema, definition: TlDefinition, reader: TlReader): TlObject {
  const values: { _: string; [field: string]: unknown } = { _: definition.name };
  const flags = new Map<string, number>();
  for (const { name, type, flag } of definition.fields) {
    const isSet = flag === undefined || ((flags.get(flag.field) ?? 0) & (1 << flag.bit)) !== 0;
    if (type.kind === "flags") flags.set(name, reader.uint());
    else if (type.kind === "true") values[name] = isSet;
    else if (isSet) values[name] = decodeValue(schema, type, reader);
  }
  return values;
}

/** Decodes one value of a type. */
export function decodeValue(schema: TlSchema, type: TlType, reader: TlReader): unknown {
  switch (type.kind) {
    case "int":
      return reader.int();
    case "flags":
      return reader.uint();
    case "long":
      return reader.long();
    case "double":
      return reader.double();
    case "int128":
      return reader.raw(16);
    case "int256":
      return reader.raw(32);
    case "bytes":
      return reader.bytes();
    case "string":
      return reader.bytes().toString("utf8");
    case "true":
      return true;
    case "bool":
      return decodeBool(reader.uint());
    case "vector":
      return decodeVector(schema, type, reader);
    case "bare":
      return decodeBare(schema, type.name, reader);
    case "object":
      return decodeObject(schema, reader);
  }
}

function decodeBool(id: number): boolean {
  if (id !== boolTrue && id !== boolFalse) throw new UnknownConstructor(id);
  return id === boolTrue;
}

function decodeVector(schema: TlSchema, type: TlType & { kind: "vector" }, reader: TlReader): unknown[] {
  const id = type.boxed ? reader.uint() : vectorId;
  if (id !== vectorId) throw new UnknownConstructor(id);
  const count = reader.int();
  if (count < 0 || count > reader.remaining()) throw new RangeError(`a vector of ${count}`);
  return Array.from({ length: count }, () => decodeValue(schema, type.of, reader));
}

function decodeBare(schema: TlSchema, name: string, reader: TlReader): TlObject {
  const definition = schema.byName.get(name);
  if (!definition) throw new Error(`no bare type ${name}`);
  return decodeFields(schema, definition, reader);
}
