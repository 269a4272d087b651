import { timingSafeEqual } from "node:crypto";
import type { TlObject } from "../rpc.ts";
import { intOf, textOf } from "./fields.ts";
import { badRequest } from "./refusals.ts";

/** The one app that is registered, as its page at my.telegram.org would show it. */
export const registeredApp = { apiId: 90_210_417, apiHash: "73616e64626f782d7061746368626179" } as const;

function isOurs(hash: string): boolean {
  const [given, wanted] = [Buffer.from(hash), Buffer.from(registeredApp.apiHash)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The methods that begin a login say which app asks. */
export function checkApp(method: TlObject): void {
  const known = intOf(method, "apiId") === registeredApp.apiId && isOurs(textOf(method, "apiHash"));
  if (!known) throw badRequest("API_ID_INVALID");
}
