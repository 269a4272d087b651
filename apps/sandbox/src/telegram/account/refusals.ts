import { RpcError } from "../rpc.ts";

export const badRequest = (message: string): RpcError => new RpcError(400, message);
export const unauthorized = (message: string): RpcError => new RpcError(401, message);
export const notAcceptable = (message: string): RpcError => new RpcError(406, message);

/** "Ask the other data centre": the number at the end says which. */
export const migrate = (kind: "PHONE" | "USER", dc: number): RpcError => new RpcError(303, `${kind}_MIGRATE_${dc}`);

export const floodWait = (seconds: number): RpcError => new RpcError(420, `FLOOD_WAIT_${Math.max(1, seconds)}`);

/** The code that Telegram sends with an error of this name. */
export function codeOf(message: string): number {
  if (message.startsWith("FLOOD_")) return 420;
  if (/_MIGRATE_\d+$/.test(message)) return 303;
  if (/^(AUTH_KEY_|SESSION_|USER_DEACTIVATED)/.test(message)) return 401;
  return 400;
}
