import { type Clock, hours } from "../../clock.ts";
import { alphanumeric } from "../../mint.ts";

/** A token of the app itself, which no person gave. */
export interface AppToken {
  readonly value: string;
  readonly expiresAt: number;
}

export interface AppTokens {
  /** Gives the token that stands, or a new one: PayPal hands out the same token until it ends. */
  current(): AppToken;
  isLive(value: string): boolean;
  /** Ends the token that stands, if it is this one. */
  end(value: string): void;
  clear(): void;
}

const lifetime = hours(9);

export function createAppTokens(clock: Clock): AppTokens {
  let token: AppToken | undefined;
  const isLive = (value: string): boolean => token?.value === value && token.expiresAt > clock.now();
  return {
    current: () => {
      if (token === undefined || !isLive(token.value))
        token = { value: `A21AA${alphanumeric(92)}`, expiresAt: clock.now() + lifetime };
      return token;
    },
    isLive,
    end: (value) => {
      if (token?.value === value) token = undefined;
    },
    clear: () => {
      token = undefined;
    },
  };
}
