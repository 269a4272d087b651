import { timingSafeEqual } from "node:crypto";
import type { RpcCaller, TlObject } from "@patchbay/mtproto-server";
import type { TelegramState } from "./state.ts";
import { readInt, readText } from "./fields.ts";
import { badRequest, notAcceptable } from "./refusals.ts";

/** The one registered app, as my.telegram.org would show it. */
export const registeredApp = { apiId: 90_210_417, apiHash: "73616e64626f782d7061746368626179" } as const;

function isRegisteredHash(hash: string): boolean {
  const [given, wanted] = [Buffer.from(hash), Buffer.from(registeredApp.apiHash)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Checks the app that a login method names, and that its client is not too old. */
export function requireRegisteredApp({ switches }: TelegramState, method: TlObject, { layer }: RpcCaller): void {
  const known = readInt(method, "apiId") === registeredApp.apiId && isRegisteredHash(readText(method, "apiHash"));
  if (!known) throw badRequest("API_ID_INVALID");
  if (layer < switches.current().oldestLayer) throw notAcceptable("UPDATE_APP_TO_LOGIN");
}
