import { z } from "zod";
import { camelCase, namedType, type TlDefinition, type TlField, type TlType } from "./schema.ts";

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

/** Reads a schema as mtcute ships it. */
export function parseJson(file: unknown): { layer: number; definitions: TlDefinition[] } {
  const { l: layer, e: entries } = schemaFile.parse(file);
  const definitions = entries.map(({ name, id, type, typeModifiers, arguments: fields }) => ({
    id,
    name,
    fields: fields.map(fieldOf),
    result: typeOf(type, typeModifiers),
  }));
  return { layer, definitions };
}

function fieldOf({ name, type, typeModifiers }: { name: string; type: string; typeModifiers: Modifiers }): TlField {
  const known = { name: camelCase(name), type: typeOf(type, typeModifiers) };
  const [field, bit] = typeModifiers.predicate?.split(".") ?? [];
  return field === undefined ? known : { ...known, flag: { field: camelCase(field), bit: Number(bit) } };
}

function typeOf(name: string, { isVector, isBareVector }: Modifiers): TlType {
  const of = namedType(name);
  return isVector || isBareVector ? { kind: "vector", boxed: isVector === true, of } : of;
}
