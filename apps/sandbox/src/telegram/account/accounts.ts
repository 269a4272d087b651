import type { Clock } from "../../clock.ts";
import { type Patch, patchable, type Patchable } from "../../patch.ts";
import { createPeople, type People } from "../../people.ts";
import type { RpcCaller, RpcHandler, TlObject } from "../rpc.ts";
import { type Codes, createCodes } from "./codes.ts";
import { createFloods, type Floods } from "./floods.ts";
import { createFutureTokens, type FutureTokens } from "./future-tokens.ts";
import { createLogins, type Logins } from "./logins.ts";
import { codeMethods } from "./methods/code.ts";
import { deviceMethods } from "./methods/devices.ts";
import { helpMethods } from "./methods/help.ts";
import { passwordMethods } from "./methods/password.ts";
import { tokenMethods } from "./methods/token.ts";
import { userMethods } from "./methods/users.ts";
import { createPasswords, type Passwords } from "./passwords.ts";
import { telegramPeople, type TelegramPerson, telegramPerson } from "./people.ts";
import { badRequest } from "./refusals.ts";
import { telegramSwitches, type TelegramSwitches } from "./switches.ts";
import { createTokens, type Tokens } from "./tokens.ts";

/** Everything that Telegram remembers of its people and their clients. */
export interface Registry {
  readonly clock: Clock;
  readonly people: People<TelegramPerson>;
  readonly switches: Patchable<TelegramSwitches>;
  readonly logins: Logins;
  readonly codes: Codes;
  readonly passwords: Passwords;
  readonly tokens: Tokens;
  readonly floods: Floods;
  readonly futureTokens: FutureTokens;
  /** Sends an update to whoever is connected with a key. */
  push(authKeyId: string, update: TlObject): void;
}

/** A method of the API. */
export type Method = (call: TlObject, caller: RpcCaller) => unknown;
export type Methods = Readonly<Record<string, Method>>;

export interface Accounts extends RpcHandler {
  readonly registry: Registry;
  /** Ends all logins, and whatever was on the way to one. */
  clear(): void;
}

interface AccountsOptions {
  readonly clock: Clock;
  readonly push: Registry["push"];
  readonly settings?: Patch;
}

export function createAccounts(options: AccountsOptions): Accounts {
  const registry = createRegistry(options);
  const methods = new Map<string, Method>(
    [codeMethods, passwordMethods, tokenMethods, deviceMethods, userMethods, helpMethods].flatMap((part) =>
      Object.entries(part(registry)),
    ),
  );
  const { logins, codes, passwords, tokens, floods, futureTokens } = registry;
  return {
    registry,
    answer: async (call, caller) => (methods.get(call._) ?? unknownMethod(registry))(call, caller),
    forgotten: (authKeyId) => {
      logins.end(authKeyId);
      for (const part of [codes, passwords, tokens]) part.forget(authKeyId);
    },
    clear: () => {
      for (const part of [logins, codes, passwords, tokens, floods, futureTokens]) part.clear();
    },
  };
}

function createRegistry({ clock, push, settings = {} }: AccountsOptions): Registry {
  const switches = patchable(telegramSwitches, settings);
  return {
    clock,
    push,
    switches,
    people: createPeople({ schema: telegramPerson, seeds: telegramPeople, names: ({ phone }) => [phone] }),
    logins: createLogins(clock),
    codes: createCodes(clock, () => switches.current().codeAttempts),
    passwords: createPasswords(),
    tokens: createTokens(clock),
    floods: createFloods(clock),
    futureTokens: createFutureTokens(),
  };
}

/** Nobody may know what there is before they have logged in. */
const unknownMethod =
  ({ logins }: Registry): Method =>
  (_call, caller) => {
    logins.require(caller);
    throw badRequest("METHOD_INVALID");
  };
