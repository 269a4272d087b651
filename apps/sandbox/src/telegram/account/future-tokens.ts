import { randomBytes } from "node:crypto";

/** Tokens that let a client which was logged out log in again without a code: https://core.telegram.org/api/auth#future-auth-tokens */
export interface FutureTokens {
  issue(person: string): Buffer;
  /** Whether this is a token of that person. It is spent by it. */
  redeem(token: Buffer, person: string): boolean;
  clear(): void;
}

export function createFutureTokens(): FutureTokens {
  const owners = new Map<string, string>();
  return {
    issue: (person) => {
      const token = randomBytes(32);
      owners.set(token.toString("hex"), person);
      return token;
    },
    redeem: (token, person) => {
      const name = token.toString("hex");
      return owners.get(name) === person && owners.delete(name);
    },
    clear: () => owners.clear(),
  };
}
