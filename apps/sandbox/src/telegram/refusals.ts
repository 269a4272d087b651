import { RpcError } from "@patchbay/mtproto-server";

export const badRequest = (message: string): RpcError => new RpcError(400, message);
export const unauthorized = (message: string): RpcError => new RpcError(401, message);
export const notAcceptable = (message: string): RpcError => new RpcError(406, message);

/** Tells the client to ask the data centre with this number. */
export const migrate = (kind: "PHONE" | "USER", dc: number): RpcError => new RpcError(303, `${kind}_MIGRATE_${dc}`);

export const floodWait = (seconds: number): RpcError => new RpcError(420, `FLOOD_WAIT_${Math.max(1, seconds)}`);
