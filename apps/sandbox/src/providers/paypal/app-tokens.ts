import { type Clock, hours } from "../../clock.ts";
import { randomAlphanumeric } from "../../random.ts";

/** A token of the app itself. */
export interface AppToken {
  readonly value: string;
  readonly expiresAt: number;
}

/** The current token of the app. */
export interface AppTokenStore {
  /** Returns the current token, or a new one: PayPal issues the same token until it ends. */
  getAppToken(): AppToken;
  isAppTokenUsable(value: string): boolean;
  /** Ends the current token if it has this value. */
  endAppToken(value: string): void;
  clear(): void;
}

const lifetime = hours(9);

/** Creates a store without a token. */
export function createAppTokenStore(clock: Clock): AppTokenStore {
  let token: AppToken | undefined;
  const isAppTokenUsable = (value: string): boolean => token?.value === value && token.expiresAt > clock.now();
  return {
    getAppToken: () => {
      if (token === undefined || !isAppTokenUsable(token.value))
        token = { value: `A21AA${randomAlphanumeric(92)}`, expiresAt: clock.now() + lifetime };
      return token;
    },
    isAppTokenUsable,
    endAppToken: (value) => {
      if (token?.value === value) token = undefined;
    },
    clear: () => {
      token = undefined;
    },
  };
}
