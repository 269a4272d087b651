import { argumentsOf, type Values } from "./arguments.ts";
import type { Selection } from "./graphql.ts";

/** Works out a root field from its arguments: the type's name and the value to choose from. */
export type Select = (args: Values) => { readonly type: string; readonly value: Readonly<Record<string, unknown>> };

/** A field that the schema does not have, said as Shopify says it: with status 200. */
export class UndefinedField extends Error {
  override name = "UndefinedField";
  readonly detail: object;
  constructor(typeName: string, fieldName: string) {
    super(`Field '${fieldName}' doesn't exist on type '${typeName}'`);
    this.detail = {
      message: this.message,
      path: ["query", fieldName],
      extensions: { code: "undefinedField", typeName, fieldName },
    };
  }
}

export interface Root {
  readonly typeName: string;
  readonly fields: Readonly<Record<string, Select>>;
  readonly variables: Values;
}

/** The root fields that were asked for, and of each no more than was asked for. */
export function selectFields(root: Root, selections: readonly Selection[]): Record<string, unknown> {
  const chosen = selections.map(({ name, alias, args, fields }) => {
    const select = root.fields[name];
    if (select === undefined) throw new UndefinedField(root.typeName, name);
    const { type, value } = select(argumentsOf(args, root.variables));
    return [alias, pick(value, type, fields)] as const;
  });
  return Object.fromEntries(chosen);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function pick(value: unknown, type: string, fields: readonly Selection[]): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => pick(item, type, fields));
  if (!isRecord(value) || fields.length === 0) return value;
  return Object.fromEntries(
    fields.map(({ name, alias, fields }) => {
      if (!(name in value)) throw new UndefinedField(type, name);
      return [alias, pick(value[name], name, fields)];
    }),
  );
}
