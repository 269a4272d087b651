import { createRequire } from "node:module";
import { z } from "zod";
import { RpcError } from "../rpc.ts";

export const badRequest = (message: string): RpcError => new RpcError(400, message);
export const unauthorized = (message: string): RpcError => new RpcError(401, message);
export const notAcceptable = (message: string): RpcError => new RpcError(406, message);

/** "Ask the other data centre": the number at the end says which. */
export const migrate = (kind: "PHONE" | "USER", dc: number): RpcError => new RpcError(303, `${kind}_MIGRATE_${dc}`);

export const floodWait = (seconds: number): RpcError => new RpcError(420, `FLOOD_WAIT_${Math.max(1, seconds)}`);

const published = z.object({ errors: z.record(z.string(), z.object({ code: z.number() })) });

/** The code that Telegram sends with an error of this name, by the list that clients publish; 400 where it is not on it. */
export function codeOf(message: string): number {
  const { errors } = published.parse(createRequire(import.meta.url)("@mtcute/core/tl/raw-errors.json"));
  const name = message.replace("FLOOD_PREMIUM_", "FLOOD_");
  const spellings = [name, name.replace(/_\d+$/, "_%d"), name.replace(/_\d+$/, "")];
  return spellings.map((spelling) => errors[spelling]?.code).find((code) => code !== undefined) ?? 400;
}
