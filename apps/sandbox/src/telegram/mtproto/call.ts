import { RpcError, type TlObject } from "../rpc.ts";
import type { Introduction } from "./peer.ts";
import { byId, decodeFields, UnknownConstructor } from "./tl/decode.ts";
import { intOf, textOf } from "./tl/fields.ts";
import { type Schemas, UnknownLayer } from "./tl/load.ts";
import { createReader, type TlReader } from "./tl/reader.ts";
import type { TlDefinition, TlSchema } from "./tl/schema.ts";

/** A method out of its wrappers, and what they said. */
export interface Call {
  readonly method: TlObject;
  readonly definition: TlDefinition;
  readonly schema: TlSchema;
  /** What initConnection said, if it was there. */
  readonly introduction?: Omit<Introduction, "layer">;
  /** What invokeWithLayer said, or the layer known before. */
  readonly layer: number;
  readonly withoutUpdates: boolean;
}

interface Wrapping {
  readonly layer: number;
  readonly introduction?: Omit<Introduction, "layer">;
  readonly withoutUpdates: boolean;
}

/** Reads a call in the layer that it names, or else in the one that was named before. */
export function readCall(schemas: Schemas, layer: number, body: Buffer): Call {
  try {
    return unwrap(schemas, { layer, withoutUpdates: false }, createReader(body));
  } catch (error) {
    if (error instanceof UnknownConstructor) throw new RpcError(400, `INPUT_METHOD_INVALID_${error.id}`);
    if (error instanceof UnknownLayer) throw new RpcError(400, "CONNECTION_LAYER_INVALID", error);
    if (error instanceof RangeError) throw new RpcError(400, "INPUT_FETCH_ERROR");
    throw error;
  }
}

function unwrap(schemas: Schemas, wrapping: Wrapping, reader: TlReader): Call {
  const schema = wrapping.layer === 0 ? schemas.first : schemas.layer(wrapping.layer);
  const definition = byId(schema, reader.uint());
  if (!isWrapper(definition)) {
    const method = decodeFields(schema, definition, reader);
    if (reader.remaining() > 0) throw new RpcError(400, "INPUT_REQUEST_TOO_LONG");
    return { ...wrapping, method, definition, schema };
  }
  const wrapper = decodeFields(schema, { ...definition, fields: definition.fields.slice(0, -1) }, reader);
  return unwrap(schemas, { ...wrapping, ...saidBy(wrapper) }, reader);
}

/** A method around another: its last field is any query. */
function isWrapper({ fields }: TlDefinition): boolean {
  const type = fields.at(-1)?.type;
  return type?.kind === "object" && type.name === "";
}

function saidBy(wrapper: TlObject): Partial<Wrapping> {
  switch (wrapper._) {
    case "invokeWithLayer":
      return { layer: intOf(wrapper, "layer") };
    case "invokeWithoutUpdates":
      return { withoutUpdates: true };
    case "initConnection":
      return { introduction: introductionOf(wrapper) };
    default:
      return {};
  }
}

const introductionOf = (wrapper: TlObject): Omit<Introduction, "layer"> => ({
  apiId: intOf(wrapper, "apiId"),
  device: {
    model: textOf(wrapper, "deviceModel"),
    system: textOf(wrapper, "systemVersion"),
    app: textOf(wrapper, "appVersion"),
  },
});
