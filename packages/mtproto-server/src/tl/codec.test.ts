import { expect, test } from "vitest";
import { decodeValue, decodeObject, UnknownConstructor } from "./decode.ts";
import { encodeValue, encodeObject, TlEncodeError } from "./encode.ts";
import { loadSchemas, UnknownLayer } from "./load-schemas.ts";
import { createReader } from "./reader.ts";
import type { TlDefinition, TlField, TlSchema, TlType } from "./schema.ts";
import { encodeTlBytes } from "./writer.ts";

const { layer, protocol } = await loadSchemas();
const [older, newer] = [layer(198), layer(227)];

/** Some value of a type: objects by their constructor of the fewest fields. */
function sample(schema: TlSchema, type: TlType, depth: number): unknown {
  switch (type.kind) {
    case "int":
      return -7;
    case "long":
      return -(2n ** 62n);
    case "double":
      return 0.5;
    case "int128":
      return Buffer.alloc(16, 3);
    case "int256":
      return Buffer.alloc(32, 4);
    case "string":
      return "füñf";
    case "bytes":
      return Buffer.alloc(300, 5);
    case "bool":
    case "true":
      return true;
    case "flags":
      return undefined;
    case "vector":
      return depth > 3 ? [] : [sample(schema, type.of, depth + 1), sample(schema, type.of, depth + 1)];
    case "bare":
    case "object":
      return sampleObject(schema, constructorOf(schema, type), depth + 1);
  }
}

function constructorOf(schema: TlSchema, type: TlType & { kind: "bare" | "object" }): TlDefinition {
  if (type.kind === "bare") return found(schema.byName.get(type.name));
  return found(shallowest(schema).get(type.name) ?? schema.byName.get("nearestDc"));
}

const known = new Map<TlSchema, Map<string, TlDefinition>>();

/** For each type a constructor that does not lead back to the type itself. */
function shallowest(schema: TlSchema): Map<string, TlDefinition> {
  const first = known.get(schema);
  if (first) return first;
  const chosen = new Map<string, TlDefinition>();
  for (let size = -1; size < chosen.size;) {
    size = chosen.size;
    const reachable = new Set(chosen.keys());
    for (const definition of schema.byId.values()) {
      const { result } = definition;
      if (result.kind !== "object" || result.name === "" || reachable.has(result.name) || chosen.has(result.name))
        continue;
      if (definition.fields.every((field) => isReachable(field, reachable))) chosen.set(result.name, definition);
    }
  }
  known.set(schema, chosen);
  return chosen;
}

const isReachable = ({ type, flag }: TlField, types: ReadonlySet<string>): boolean =>
  flag !== undefined || type.kind !== "object" || type.name === "" || types.has(type.name);

function found(definition: TlDefinition | undefined): TlDefinition {
  if (!definition) throw new Error("the schema lacks it");
  return definition;
}

/** Optional fields are there at the top, and left out below. */
const sampleObject = (schema: TlSchema, { name, fields }: TlDefinition, depth: number): object => ({
  _: name,
  ...Object.fromEntries(
    fields.filter((field) => isWanted(field, depth)).map(({ name, type }) => [name, sample(schema, type, depth)]),
  ),
});

const isWanted = ({ flag, type }: TlField, depth: number): boolean => type.kind !== "flags" && (!flag || depth === 0);

test.each([
  ["198", older],
  ["227", newer],
  ["the protocol", protocol],
])("every constructor and method of %s is decoded as it was encoded", (_name, schema) => {
  for (const definition of schema.byId.values()) {
    const bytes = encodeObject(schema, sampleObject(schema, definition, 0) as { _: string });
    const reader = createReader(bytes);
    const again = decodeObject(schema, reader);
    expect(reader.remaining()).toBe(0);
    expect([definition.name, encodeObject(schema, again).equals(bytes)]).toEqual([definition.name, true]);
  }
});

test("a known layer has its own schema, and an unknown layer is refused", () => {
  expect([198, 227].map((asked) => layer(asked).layer)).toEqual([198, 227]);
  for (const asked of [0, 158, 197, 199, 226, 228]) expect(() => layer(asked)).toThrow(UnknownLayer);
});

test("the same name has another id in another layer", () => {
  expect(older.byName.get("user")?.id).not.toBe(newer.byName.get("user")?.id);
  expect(encodeObject(older, { _: "user", id: 1n }).readUInt32LE()).toBe(older.byName.get("user")?.id);
});

test("flags follow from the fields that are present, in both words of flags", () => {
  const bytes = encodeObject(newer, { _: "user", id: 5n, firstName: "Ann", storiesUnavailable: true, self: false });
  expect([bytes.readUInt32LE(4), bytes.readUInt32LE(8)]).toEqual([1 << 1, 1 << 4]);
  const user = decodeObject(newer, createReader(bytes));
  expect(user).toMatchObject({ id: 5n, firstName: "Ann", self: false, storiesUnavailable: true });
  expect(user).not.toHaveProperty("lastName");
});

test("a string has one byte of length, or 254 and three, and is padded to four bytes", () => {
  expect(encodeTlBytes(Buffer.from("abc")).toString("hex")).toBe("03616263");
  expect(encodeTlBytes(Buffer.from("abcd")).toString("hex")).toBe("0461626364000000");
  expect(encodeTlBytes(Buffer.alloc(253)).length).toBe(256);
  expect(encodeTlBytes(Buffer.alloc(254)).subarray(0, 4).toString("hex")).toBe("fefe0000");
  expect(createReader(encodeTlBytes(Buffer.alloc(70_000, 1))).bytes()).toEqual(Buffer.alloc(70_000, 1));
});

test("an answer that is not an object is encoded as its method's type says", () => {
  const bool = newer.byName.get("account.updateStatus")?.result ?? { kind: "int" };
  expect(encodeValue(newer, bool, true).toString("hex")).toBe("b5757299");
  const ids = newer.byName.get("contacts.getContactIDs")?.result ?? { kind: "int" };
  const bytes = encodeValue(newer, ids, [1, 2]);
  expect(bytes.toString("hex")).toBe("15c4b51c020000000100000002000000");
  expect(decodeValue(newer, ids, createReader(bytes))).toEqual([1, 2]);
});

test("a value that does not fit is refused with its path", () => {
  const write = (value: { _: string; [field: string]: unknown }) => () => encodeObject(newer, value);
  expect(write({ _: "auth.nothing" })).toThrow("layer 227 has no auth.nothing");
  expect(write({ _: "auth.sentCode", type: { _: "user", id: 1n }, phoneCodeHash: "" })).toThrow(
    "/auth.sentCode.type takes auth.SentCodeType, not user",
  );
  expect(write({ _: "nearestDc", country: "", thisDc: "2", nearestDc: 2 })).toThrow("/nearestDc.thisDc is no number");
  expect(write({ _: "user" })).toThrow(TlEncodeError);
});

test("the fields of one flag are encoded together or not at all", () => {
  const relogin = (fields: object) => () =>
    encodeObject(newer, { _: "auth.authorization", ...fields, user: { _: "userEmpty", id: 1n } });
  expect(relogin({ setupPasswordRequired: true, otherwiseReloginDays: 7 })).not.toThrow();
  expect(relogin({ setupPasswordRequired: true })).toThrow("/auth.authorization.otherwiseReloginDays is missing");
});

test("bytes of an unknown constructor, or that end too early, are refused", () => {
  expect(() => decodeObject(newer, createReader(Buffer.from("efbeadde", "hex")))).toThrow(UnknownConstructor);
  const bytes = encodeObject(newer, { _: "nearestDc", country: "NL", thisDc: 2, nearestDc: 2 });
  for (let length = 4; length < bytes.length; length += 1)
    expect(() => decodeObject(newer, createReader(bytes.subarray(0, length)))).toThrow(RangeError);
});
