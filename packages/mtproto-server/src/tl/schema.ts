/** The type of a field. An "object" without a name is any object (`!X`). A bare type is written without its id. */
export type TlType =
  | { readonly kind: TlPrimitive | "bool" | "true" | "flags" }
  | { readonly kind: "object"; readonly name: string }
  | { readonly kind: "bare"; readonly name: string }
  | { readonly kind: "vector"; readonly boxed: boolean; readonly of: TlType };

/** The primitive types. */
export type TlPrimitive = "int" | "long" | "double" | "int128" | "int256" | "string" | "bytes";

/** A field of a constructor or method. */
export interface TlField {
  readonly name: string;
  readonly type: TlType;
  /** The field exists only if this bit of that flags field is set. */
  readonly flag?: { readonly field: string; readonly bit: number };
}

/** One constructor or method. `result` is the type that a constructor belongs to, or that a method returns. */
export interface TlDefinition {
  readonly id: number;
  readonly name: string;
  readonly fields: readonly TlField[];
  readonly result: TlType;
}

/** All constructors and methods of one layer. */
export interface TlSchema {
  readonly layer: number;
  readonly byId: ReadonlyMap<number, TlDefinition>;
  readonly byName: ReadonlyMap<string, TlDefinition>;
}

/** Builds a schema from its definitions. */
export function defineSchema(layer: number, definitions: Iterable<TlDefinition>): TlSchema {
  const byId = new Map<number, TlDefinition>();
  const byName = new Map<string, TlDefinition>();
  for (const definition of definitions) {
    byId.set(definition.id, definition);
    byName.set(definition.name, definition);
  }
  return { layer, byId, byName };
}

const primitives = new Set<string>(["int", "long", "double", "int128", "int256", "string", "bytes"]);
const isPrimitive = (name: string): name is TlPrimitive => primitives.has(name);

/** Parses the name of a type that is not a vector. A lower-case letter after the last dot makes it bare. */
export function parseTypeName(name: string): TlType {
  if (isPrimitive(name)) return { kind: name };
  if (name === "int53") return { kind: "long" };
  if (name === "#") return { kind: "flags" };
  if (name === "true") return { kind: "true" };
  if (name === "Bool") return { kind: "bool" };
  if (name.startsWith("!") || name === "X" || name === "Object") return { kind: "object", name: "" };
  const last = name.slice(name.lastIndexOf(".") + 1);
  return /^[a-z]/.test(last) ? { kind: "bare", name } : { kind: "object", name };
}

/** Turns phone_code_hash into phoneCodeHash. */
export const toCamelCase = (name: string): string =>
  name.replace(/_([a-zA-Z0-9])/g, (_match, letter: string) => letter.toUpperCase());
