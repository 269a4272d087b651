import { createRequire } from "node:module";
import { parseJson } from "./json.ts";
import { defineSchema, type TlDefinition, type TlSchema, type TlType } from "./schema.ts";
import { parseText } from "./text.ts";

/** The protocol's own messages, and the layers that the sandbox speaks, oldest first; each holds the protocol's too. */
export interface Schemas {
  readonly protocol: TlSchema;
  /** The schema of a layer, by its number. Throws `UnknownLayer` where it is not spoken here: it would be misread. */
  readonly layer: (asked: number) => TlSchema;
  /** The schema in which a client is read before it has named a layer. */
  readonly first: TlSchema;
}

export class UnknownLayer extends Error {
  override name = "UnknownLayer";

  constructor(layer: number) {
    super(`Layer ${layer} is not played here.`);
  }
}

/** Reads the schemas as data out of the packages that carry them. */
export async function loadSchemas(): Promise<Schemas> {
  const [text, protocolText] = await Promise.all([import("telegram/tl/apiTl.js"), import("telegram/tl/schemaTl.js")]);
  const protocol = parseText(protocolText.default).map(withBytes);
  const older = defineSchema(198, [...protocol, ...parseText(text.default)]);
  const json = parseJson(createRequire(import.meta.url)("@mtcute/core/tl/api-schema.json"));
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

/** What the protocol's schema calls a string is bytes, except what is meant to be read. */
function withBytes(definition: TlDefinition): TlDefinition {
  if (definition.name === "rpc_error") return definition;
  const fields = definition.fields.map((field) => ({ ...field, type: asBytes(field.type) }));
  return { ...definition, fields };
}

const asBytes = (type: TlType): TlType => (type.kind === "string" ? { kind: "bytes" } : type);
