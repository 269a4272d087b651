import { RpcError } from "@patchbay/mtproto-server";

/** Builds an error with code 400. */
export const badRequest = (message: string): RpcError => new RpcError(400, message);

/** Builds an error with code 401. */
export const unauthorized = (message: string): RpcError => new RpcError(401, message);

/** Builds an error with code 406. */
export const notAcceptable = (message: string): RpcError => new RpcError(406, message);

/** Tells the client to ask the data centre with this number. */
export const migrate = (kind: "PHONE" | "USER", dc: number): RpcError => new RpcError(303, `${kind}_MIGRATE_${dc}`);

/** Builds FLOOD_WAIT: the client has to wait this long. */
export const floodWait = (seconds: number): RpcError => new RpcError(420, `FLOOD_WAIT_${Math.max(1, seconds)}`);
