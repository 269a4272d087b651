import { timingSafeEqual } from "node:crypto";
import type { RpcCaller, TlObject } from "../rpc.ts";
import type { Registry } from "./accounts.ts";
import { intOf, textOf } from "./fields.ts";
import { badRequest, notAcceptable } from "./refusals.ts";

/** The one app that is registered, as its page at my.telegram.org would show it. */
export const registeredApp = { apiId: 90_210_417, apiHash: "73616e64626f782d7061746368626179" } as const;

function isOurs(hash: string): boolean {
  const [given, wanted] = [Buffer.from(hash), Buffer.from(registeredApp.apiHash)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The methods that begin a login say which app asks; its client must not be too old. */
export function checkApp({ switches }: Registry, method: TlObject, { layer }: RpcCaller): void {
  const known = intOf(method, "apiId") === registeredApp.apiId && isOurs(textOf(method, "apiHash"));
  if (!known) throw badRequest("API_ID_INVALID");
  if (layer < switches.current().oldestLayer) throw notAcceptable("UPDATE_APP_TO_LOGIN");
}
