import type { Clock } from "../clock.ts";
import { type Patch, createPatchable, type Patchable } from "../patch.ts";
import { createPeopleStore, type PeopleStore } from "../people-store.ts";
import type { RpcCaller, RpcHandler, TlObject } from "@patchbay/mtproto-server";
import { type LoginCodes, createLoginCodes } from "./login-codes.ts";
import { createRateLimits, type RateLimits } from "./rate-limits.ts";
import { createFutureTokens, type FutureTokens } from "./future-tokens.ts";
import { createLogins, type Logins } from "./logins.ts";
import { codeMethods } from "./methods/code.ts";
import { deviceMethods } from "./methods/devices.ts";
import { helpMethods } from "./methods/help.ts";
import { passwordMethods } from "./methods/password.ts";
import { tokenMethods } from "./methods/token.ts";
import { userMethods } from "./methods/users.ts";
import { createPasswords, type Passwords } from "./passwords.ts";
import { seededTelegramPeople, type TelegramPerson, telegramPerson } from "./people.ts";
import { badRequest } from "./refusals.ts";
import { telegramSwitches, type TelegramSwitches } from "./switches.ts";
import { createLoginTokens, type LoginTokens } from "./login-tokens.ts";

/** Everything that the simulated Telegram remembers about its people and their clients. */
export interface TelegramState {
  readonly clock: Clock;
  readonly people: PeopleStore<TelegramPerson>;
  readonly switches: Patchable<TelegramSwitches>;
  readonly logins: Logins;
  readonly codes: LoginCodes;
  readonly passwords: Passwords;
  readonly tokens: LoginTokens;
  readonly rateLimits: RateLimits;
  readonly futureTokens: FutureTokens;
  /** Sends an update to the connected clients of a key. */
  pushUpdate(authKeyId: string, update: TlObject): void;
}

/** Answers one method of the API. */
export type ApiMethod = (call: TlObject, caller: RpcCaller) => unknown;
export type ApiMethods = Readonly<Record<string, ApiMethod>>;

export interface TelegramAccounts extends RpcHandler {
  readonly state: TelegramState;
  /** Ends all logins and all logins that have begun. */
  clear(): void;
}

interface TelegramAccountsOptions {
  readonly clock: Clock;
  readonly push: TelegramState["pushUpdate"];
  readonly settings?: Patch;
}

export function createTelegramAccounts(options: TelegramAccountsOptions): TelegramAccounts {
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

function createTelegramState({ clock, push, settings = {} }: TelegramAccountsOptions): TelegramState {
  const switches = createPatchable(telegramSwitches, settings);
  return {
    clock,
    pushUpdate: push,
    switches,
    people: createPeopleStore({
      schema: telegramPerson,
      seeds: seededTelegramPeople,
      listAccountNames: ({ phone }) => [phone],
    }),
    logins: createLogins(clock),
    codes: createLoginCodes(clock, () => switches.current().codeAttempts),
    passwords: createPasswords(),
    tokens: createLoginTokens(clock),
    rateLimits: createRateLimits(clock),
    futureTokens: createFutureTokens(),
  };
}

/** A client learns which methods exist only after it has logged in. */
const unknownMethod =
  ({ logins }: TelegramState): ApiMethod =>
  (_call, caller) => {
    logins.requireLogin(caller);
    throw badRequest("METHOD_INVALID");
  };
