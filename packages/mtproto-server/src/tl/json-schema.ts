import { z } from "zod";
import { toCamelCase, parseTypeName, type TlDefinition, type TlField, type TlType } from "./schema.ts";

const modifiers = z
  .object({
    predicate: z.string().optional(),
    isVector: z.boolean().optional(),
    isBareVector: z.boolean().optional(),
    isBareType: z.boolean().optional(),
  })
  .default({});

const schemaFile = z.object({
  l: z.number().int(),
  e: z.array(
    z.object({
      name: z.string(),
      id: z.number().int().nonnegative(),
      type: z.string(),
      typeModifiers: modifiers,
      arguments: z.array(z.object({ name: z.string(), type: z.string(), typeModifiers: modifiers })).default([]),
    }),
  ),
});

type Modifiers = z.infer<typeof modifiers>;

/** Parses a schema in the format that mtcute ships. */
export function parseJsonSchema(file: unknown): { layer: number; definitions: TlDefinition[] } {
  const { l: layer, e: entries } = schemaFile.parse(file);
  const definitions = entries.map(({ name, id, type, typeModifiers, arguments: fields }) => ({
    id,
    name,
    fields: fields.map(parseField),
    result: parseType(type, typeModifiers),
  }));
  return { layer, definitions };
}

function parseField({ name, type, typeModifiers }: { name: string; type: string; typeModifiers: Modifiers }): TlField {
  const known = { name: toCamelCase(name), type: parseType(type, typeModifiers) };
  const [field, bit] = typeModifiers.predicate?.split(".") ?? [];
  return field === undefined ? known : { ...known, flag: { field: toCamelCase(field), bit: Number(bit) } };
}

function parseType(name: string, { isVector, isBareVector }: Modifiers): TlType {
  const of = parseTypeName(name);
  return isVector || isBareVector ? { kind: "vector", boxed: isVector === true, of } : of;
}
