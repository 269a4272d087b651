import { createRequire } from "node:module";
import { parseJsonSchema } from "./json-schema.ts";
import { defineSchema, type TlDefinition, type TlSchema, type TlType } from "./schema.ts";
import { parseTextSchema } from "./text-schema.ts";

/** The schema of the protocol's own messages, and the schemas of the layers, which include it. */
export interface TlSchemas {
  readonly protocol: TlSchema;
  /** Returns the schema of a layer. Throws `UnknownLayer` for any other layer, because another schema would misread it. */
  readonly layer: (asked: number) => TlSchema;
  /** The schema for a client that has not named a layer yet. */
  readonly first: TlSchema;
}

/** Says that the server does not speak this layer. */
export class UnknownLayer extends Error {
  override name = "UnknownLayer";

  constructor(layer: number) {
    super(`Layer ${layer} is not played here.`);
  }
}

/** Loads the schemas from the packages of the two client libraries. */
export async function loadSchemas(): Promise<TlSchemas> {
  const [text, protocolText] = await Promise.all([import("telegram/tl/apiTl.js"), import("telegram/tl/schemaTl.js")]);
  const protocol = parseTextSchema(protocolText.default).map(readStringsAsBytes);
  const older = defineSchema(198, [...protocol, ...parseTextSchema(text.default)]);
  const json = parseJsonSchema(createRequire(import.meta.url)("@mtcute/core/tl/api-schema.json"));
  const newer = defineSchema(json.layer, [...protocol, ...json.definitions]);
  return {
    protocol: defineSchema(0, protocol),
    layer: (asked) => {
      const schema = [older, newer].find(({ layer }) => layer === asked);
      if (!schema) throw new UnknownLayer(asked);
      return schema;
    },
    first: older,
  };
}

/** The protocol's schema says `string` where bytes are meant, except in rpc_error. */
function readStringsAsBytes(definition: TlDefinition): TlDefinition {
  if (definition.name === "rpc_error") return definition;
  const fields = definition.fields.map((field) => ({ ...field, type: asBytes(field.type) }));
  return { ...definition, fields };
}

const asBytes = (type: TlType): TlType => (type.kind === "string" ? { kind: "bytes" } : type);
