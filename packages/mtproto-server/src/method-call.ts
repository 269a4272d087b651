import { RpcError, type TlObject } from "./rpc.ts";
import type { ClientInfo } from "./state.ts";
import { getDefinition, decodeFields, UnknownConstructor } from "./tl/decode.ts";
import { requireInt, requireText } from "./tl/fields.ts";
import { type TlSchemas, UnknownLayer } from "./tl/load-schemas.ts";
import { createReader, type TlReader } from "./tl/reader.ts";
import type { TlDefinition, TlSchema } from "./tl/schema.ts";

/** A method without its wrappers, and what the wrappers said. */
export interface MethodCall {
  readonly method: TlObject;
  readonly definition: TlDefinition;
  readonly schema: TlSchema;
  /** What initConnection said, if it was there. */
  readonly clientInfo?: Omit<ClientInfo, "layer">;
  /** The layer of invokeWithLayer, or the layer that the client named before. */
  readonly layer: number;
  readonly withoutUpdates: boolean;
}

interface WrapperInfo {
  readonly layer: number;
  readonly clientInfo?: Omit<ClientInfo, "layer">;
  readonly withoutUpdates: boolean;
}

/** Parses a call in the layer that it names, or else in the layer that the client named before. Throws RpcError. */
export function parseMethodCall(schemas: TlSchemas, layer: number, body: Buffer): MethodCall {
  try {
    return unwrapMethod(schemas, { layer, withoutUpdates: false }, createReader(body));
  } catch (error) {
    if (error instanceof UnknownConstructor) throw new RpcError(400, `INPUT_METHOD_INVALID_${error.id}`);
    if (error instanceof UnknownLayer) throw new RpcError(400, "CONNECTION_LAYER_INVALID", error);
    if (error instanceof RangeError) throw new RpcError(400, "INPUT_FETCH_ERROR");
    throw error;
  }
}

function unwrapMethod(schemas: TlSchemas, wrapping: WrapperInfo, reader: TlReader): MethodCall {
  const schema = wrapping.layer === 0 ? schemas.first : schemas.layer(wrapping.layer);
  const definition = getDefinition(schema, reader.uint());
  if (!isWrapper(definition)) {
    const method = decodeFields(schema, definition, reader);
    if (reader.remaining() > 0) throw new RpcError(400, "INPUT_REQUEST_TOO_LONG");
    return { ...wrapping, method, definition, schema };
  }
  const wrapper = decodeFields(schema, { ...definition, fields: definition.fields.slice(0, -1) }, reader);
  return unwrapMethod(schemas, { ...wrapping, ...readWrapper(wrapper) }, reader);
}

/** Whether a method wraps another: its last field is any method. */
function isWrapper({ fields }: TlDefinition): boolean {
  const type = fields.at(-1)?.type;
  return type?.kind === "object" && type.name === "";
}

function readWrapper(wrapper: TlObject): Partial<WrapperInfo> {
  switch (wrapper._) {
    case "invokeWithLayer":
      return { layer: requireInt(wrapper, "layer") };
    case "invokeWithoutUpdates":
      return { withoutUpdates: true };
    case "initConnection":
      return { clientInfo: readClientInfo(wrapper) };
    default:
      return {};
  }
}

const readClientInfo = (wrapper: TlObject): Omit<ClientInfo, "layer"> => ({
  apiId: requireInt(wrapper, "apiId"),
  device: {
    model: requireText(wrapper, "deviceModel"),
    system: requireText(wrapper, "systemVersion"),
    app: requireText(wrapper, "appVersion"),
  },
});
