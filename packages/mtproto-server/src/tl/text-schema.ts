import { toCamelCase, parseTypeName, type TlDefinition, type TlField, type TlType } from "./schema.ts";

const line = /^([\w.]+)#([0-9a-f]+)\s+(?:\{\w+:Type\}\s+)*(.*?)\s*=\s*(.+);$/;

/** Parses a schema in the TL language. Lines that describe no message (vector, types without an id) are left out. */
export function parseTextSchema(text: string): TlDefinition[] {
  return text.split("\n").flatMap((source) => {
    const [, name, id, fields, result] = line.exec(source.trim()) ?? [];
    if (name === undefined || id === undefined || fields === undefined || result === undefined) return [];
    if (name === "vector") return [];
    return [{ id: Number.parseInt(id, 16), name, fields: parseFields(fields), result: parseType(result) }];
  });
}

const parseFields = (text: string): TlField[] => text.split(/\s+/).filter(Boolean).map(parseField);

function parseField(text: string): TlField {
  const [name = "", type = ""] = text.split(":");
  const [, field, bit, rest] = /^(\w+)\.(\d+)\?(.+)$/.exec(type) ?? [];
  const known = { name: toCamelCase(name), type: parseType(rest ?? type) };
  return field === undefined ? known : { ...known, flag: { field: toCamelCase(field), bit: Number(bit) } };
}

function parseType(text: string): TlType {
  const [, vector, of] = /^([Vv])ector[ <](.+?)>?$/.exec(text.trim()) ?? [];
  if (of === undefined) return parseTypeName(text.trim());
  return {
    kind: "vector",
    boxed: vector === "V",
    of: parseType(of.endsWith(">") || !of.includes("<") ? of : `${of}>`),
  };
}
