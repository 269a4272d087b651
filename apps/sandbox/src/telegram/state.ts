import type { RpcCaller, TlObject } from "@patchbay/mtproto-server";
import type { Clock } from "../clock.ts";
import { createPatchable, type Patch, type Patchable } from "../patch.ts";
import { createPeopleStore, type PeopleStore } from "../people-store.ts";
import { createFutureTokens, type FutureTokens } from "./future-tokens.ts";
import { createLoginCodes, type LoginCodes } from "./login-codes.ts";
import { createLoginTokens, type LoginTokens } from "./login-tokens.ts";
import { createLogins, type Logins } from "./logins.ts";
import { createPasswords, type Passwords } from "./passwords.ts";
import { seededTelegramPeople, type TelegramPerson, telegramPerson } from "./people.ts";
import { createRateLimits, type RateLimits } from "./rate-limits.ts";
import { telegramSwitches, type TelegramSwitches } from "./switches.ts";

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

/** Methods of the API by name. */
export type ApiMethods = Readonly<Record<string, ApiMethod>>;

/** What the simulated Telegram is built from. */
export interface TelegramStateOptions {
  readonly clock: Clock;
  readonly push: TelegramState["pushUpdate"];
  readonly settings?: Patch;
}

/** Creates the state of the seeded people. */
export function createTelegramState({ clock, push, settings = {} }: TelegramStateOptions): TelegramState {
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
