export type Granted =
  | { type: "granted"; account: string; accessToken: string; refreshToken: string }
  /** `reused`: a refresh token came a second time. A real provider might end the grant for that. */
  | { type: "refused"; reused: boolean };

/** Tokens that name their account and their version: `at.<account>.<version>.<padding>`. Refresh tokens rotate. */
export function createTokens() {
  const versions = new Map<string, number>();

  const grant = (account: string, version: number): Granted => ({
    type: "granted",
    account,
    accessToken: `at.${account}.${version}.${"a".repeat(300)}`,
    refreshToken: `rt.${account}.${version}.${"r".repeat(300)}`,
  });
  return {
    /** A code names its account. */
    exchange: (code: string): Granted => (code === "" ? { type: "refused", reused: false } : grant(code, 0)),
    refresh(token: string): Granted {
      const [kind, account = "", text] = token.split(".");
      const version = Number(text);
      if (kind !== "rt" || !Number.isSafeInteger(version)) return { type: "refused", reused: false };
      if (version !== (versions.get(account) ?? version)) return { type: "refused", reused: true };
      versions.set(account, version + 1);
      return grant(account, version + 1);
    },
    accountOf: (token: string): string | undefined => /^at\.([^.]+)\./.exec(token)?.[1],
    forget: () => versions.clear(),
  };
}
