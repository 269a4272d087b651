/**
 * A TL value as the schema names it: `_` is the constructor or method, e.g. "auth.sentCode"; fields in camelCase (phoneCodeHash).
 * int → number, long → bigint, int128/int256/bytes → Buffer, Vector → array, flags by presence of the optional field,
 * `true` flags as booleans, Bool as boolean.
 */
export interface TlObject {
  readonly _: string;
  readonly [field: string]: unknown;
}

/** An rpc_error. */
export class RpcError extends Error {
  override name = "RpcError";
  readonly code: number;

  constructor(code: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Who calls: one authorization key, with what it said of itself in initConnection. */
export interface RpcCaller {
  /** Hex of the authorization key's id: what a login belongs to. */
  readonly authKeyId: string;
  readonly dc: number;
  readonly layer: number;
  /** From initConnection. */
  readonly apiId: number;
  readonly device: { readonly model: string; readonly system: string; readonly app: string };
}

/** What stands behind the wire: the methods of the API themselves. */
export interface RpcHandler {
  /**
   * Answers one method, wrappers (invokeWithLayer, initConnection, invokeWithoutUpdates…) removed.
   * Returns a TL object or boolean/array as the method's type says. Throws RpcError.
   */
  answer(method: TlObject, caller: RpcCaller): Promise<unknown>;
  /** Who is told when a key is destroyed. */
  forgotten?(authKeyId: string): void;
}
