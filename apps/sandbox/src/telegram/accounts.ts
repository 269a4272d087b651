import type { RpcHandler } from "@patchbay/mtproto-server";
import { codeMethods } from "./methods/code.ts";
import { deviceMethods } from "./methods/devices.ts";
import { helpMethods } from "./methods/help.ts";
import { passwordMethods } from "./methods/password.ts";
import { tokenMethods } from "./methods/token.ts";
import { userMethods } from "./methods/users.ts";
import { badRequest } from "./refusals.ts";
import { type ApiMethod, createTelegramState, type TelegramState, type TelegramStateOptions } from "./state.ts";

/** The accounts of Telegram, which answer the methods of the API. */
export interface TelegramAccounts extends RpcHandler {
  readonly state: TelegramState;
  /** Ends all logins and all logins that have begun. */
  clear(): void;
}

/** Creates the accounts of the seeded people. */
export function createTelegramAccounts(options: TelegramStateOptions): TelegramAccounts {
  const state = createTelegramState(options);
  const methods = new Map<string, ApiMethod>(
    [codeMethods, passwordMethods, tokenMethods, deviceMethods, userMethods, helpMethods].flatMap((part) =>
      Object.entries(part(state)),
    ),
  );
  const { logins, codes, passwords, tokens, rateLimits, futureTokens } = state;
  return {
    state,
    answer: async (call, caller) => (methods.get(call._) ?? unknownMethod(state))(call, caller),
    onKeyDestroyed: (authKeyId) => {
      logins.endLogin(authKeyId);
      for (const part of [codes, passwords, tokens]) part.forget(authKeyId);
    },
    clear: () => {
      for (const part of [logins, codes, passwords, tokens, rateLimits, futureTokens]) part.clear();
    },
  };
}

/** A client learns which methods exist only after it has logged in. */
const unknownMethod =
  ({ logins }: TelegramState): ApiMethod =>
  (_call, caller) => {
    logins.requireLogin(caller);
    throw badRequest("METHOD_INVALID");
  };
