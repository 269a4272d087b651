import { randomBytes } from "node:crypto";

/** Tokens that let a client log in without a code after it was logged out: https://core.telegram.org/api/auth#future-auth-tokens */
export interface FutureTokens {
  issueToken(person: string): Buffer;
  /** Whether this is a token of that person. The check uses it up. */
  redeemToken(token: Buffer, person: string): boolean;
  clear(): void;
}

/** Creates an empty store of future tokens. */
export function createFutureTokens(): FutureTokens {
  const owners = new Map<string, string>();
  return {
    issueToken: (person) => {
      const token = randomBytes(32);
      owners.set(token.toString("hex"), person);
      return token;
    },
    redeemToken: (token, person) => {
      const name = token.toString("hex");
      return owners.get(name) === person && owners.delete(name);
    },
    clear: () => owners.clear(),
  };
}
