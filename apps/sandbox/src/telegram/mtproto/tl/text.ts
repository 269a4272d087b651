import { camelCase, namedType, type TlDefinition, type TlField, type TlType } from "./schema.ts";

const line = /^([\w.]+)#([0-9a-f]+)\s+(?:\{\w+:Type\}\s+)*(.*?)\s*=\s*(.+);$/;

/** Reads a schema in the TL language; lines that describe no message (vector, types without a number) are left out. */
export function parseText(text: string): TlDefinition[] {
  return text.split("\n").flatMap((source) => {
    const [, name, id, fields, result] = line.exec(source.trim()) ?? [];
    if (name === undefined || id === undefined || fields === undefined || result === undefined) return [];
    if (name === "vector") return [];
    return [{ id: Number.parseInt(id, 16), name, fields: fieldsOf(fields), result: typeOf(result) }];
  });
}

const fieldsOf = (text: string): TlField[] => text.split(/\s+/).filter(Boolean).map(fieldOf);

function fieldOf(text: string): TlField {
  const [name = "", type = ""] = text.split(":");
  const [, field, bit, rest] = /^(\w+)\.(\d+)\?(.+)$/.exec(type) ?? [];
  const known = { name: camelCase(name), type: typeOf(rest ?? type) };
  return field === undefined ? known : { ...known, flag: { field: camelCase(field), bit: Number(bit) } };
}

function typeOf(text: string): TlType {
  const [, vector, of] = /^([Vv])ector[ <](.+?)>?$/.exec(text.trim()) ?? [];
  if (of === undefined) return namedType(text.trim());
  return { kind: "vector", boxed: vector === "V", of: typeOf(of.endsWith(">") || !of.includes("<") ? of : `${of}>`) };
}
