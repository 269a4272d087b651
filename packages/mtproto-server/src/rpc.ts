/**
 * A TL value as the schema names it: `_` is the constructor or method, e.g. "auth.sentCode"; fields in camelCase (phoneCodeHash).
 * int → number, long → bigint, int128/int256/bytes → Buffer, Vector → array, flags by presence of the optional field,
 * `true` flags as booleans, Bool as boolean.
 */
export interface TlObject {
  readonly _: string;
  readonly [field: string]: unknown;
}

/** An error of a method, sent as rpc_error. */
export class RpcError extends Error {
  override name = "RpcError";
  readonly code: number;

  constructor(code: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The client that calls: one authorization key, with what initConnection said about the client. */
export interface RpcCaller {
  /** The id of the authorization key in hex. A login belongs to it. */
  readonly authKeyId: string;
  readonly dc: number;
  readonly layer: number;
  /** From initConnection. */
  readonly apiId: number;
  readonly device: { readonly model: string; readonly system: string; readonly app: string };
}

/** Answers the methods of the API. */
export interface RpcHandler {
  /**
   * Answers one method. The wrappers (invokeWithLayer, initConnection, invokeWithoutUpdates…) are removed.
   * Returns a TL object, a boolean or an array, as the method's type says. Throws RpcError.
   */
  answer(method: TlObject, caller: RpcCaller): Promise<unknown>;
  /** Is called when a key is destroyed. */
  onKeyDestroyed?(authKeyId: string): void;
}
