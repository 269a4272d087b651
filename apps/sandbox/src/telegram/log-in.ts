import type { RpcCaller, TlObject } from "@patchbay/mtproto-server";
import type { TelegramState } from "./state.ts";
import { unauthorized } from "./refusals.ts";
import { buildTlAuthorization } from "./tl-objects.ts";

interface LoginRequest {
  readonly caller: RpcCaller;
  readonly person: string;
  readonly hash?: bigint;
}

/** Logs a client in after a right code or scan, or asks for the password first. */
export function logIn(state: TelegramState, admission: LoginRequest): TlObject {
  const person = state.people.getPerson(admission);
  if (person.password !== undefined) {
    state.logins.awaitPassword(admission);
    throw unauthorized("SESSION_PASSWORD_NEEDED");
  }
  state.logins.createLogin(admission);
  return buildTlAuthorization(person);
}
