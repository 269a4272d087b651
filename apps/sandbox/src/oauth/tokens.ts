import type { Clock } from "../clock.ts";
import type { Grant } from "./grant.ts";

/** An access or refresh token. */
export interface Token {
  readonly value: string;
  readonly kind: "access" | "refresh";
  readonly grant: Grant;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** How many rotations came before this token. */
  readonly generation: number;
  /** The refresh token that this token replaces, until one of the replacements is used. */
  replaces: Token | undefined;
  /** Whether other tokens were issued in exchange for this one. */
  replaced: boolean;
  /** Whether one of the replacements was used. */
  succeeded: boolean;
  revoked: boolean;
}

interface TokenSpec {
  readonly kind: Token["kind"];
  readonly value: string;
  /** Undefined: the token does not expire. */
  readonly lifetime?: number | undefined;
  /** The refresh token that is exchanged for this token. */
  readonly replaces?: Token;
}

/** The tokens of one provider. */
export interface TokenStore {
  issueToken(grant: Grant, spec: TokenSpec): Token;
  findToken(value: string): Token | undefined;
  /** Finds a token that is being used. The token that it replaces then counts as succeeded. */
  useToken(value: string): Token | undefined;
  readonly listTokens: (grant: Grant) => readonly Token[];
  readonly isTokenUsable: (token: Token) => boolean;
  isTokenExpired(token: Token): boolean;
}

/** How many dead tokens of a grant are remembered. */
const maxRememberedTokens = 32;

/** Creates an empty store of tokens. */
export function createTokenStore(clock: Clock): TokenStore & { clear(): void } {
  const tokens = new Map<string, Token>();
  const byGrant = new Map<string, Token[]>();

  const isExpired = (token: Token): boolean => token.expiresAt <= clock.now();
  const isTokenUsable = (token: Token): boolean => !token.revoked && !token.grant.ended && !isExpired(token);

  function keep(token: Token): Token {
    const known = byGrant.get(token.grant.id) ?? [];
    known.push(token);
    tokens.set(token.value, token);
    byGrant.set(token.grant.id, known.length % (2 * maxRememberedTokens) === 0 ? withoutLongDead(known) : known);
    return token;
  }
  function withoutLongDead(known: readonly Token[]): Token[] {
    const stays = (token: Token, place: number): boolean =>
      place >= known.length - maxRememberedTokens || isTokenUsable(token);
    for (const [place, token] of known.entries()) if (!stays(token, place)) tokens.delete(token.value);
    return known.filter(stays);
  }

  return {
    issueToken: (grant, spec) => keep(buildToken(grant, spec, clock.now())),
    findToken: (value) => tokens.get(value),
    useToken: (value) => {
      const token = tokens.get(value);
      if (token?.replaces) token.replaces.succeeded = true;
      if (token) token.replaces = undefined;
      return token;
    },
    listTokens: (grant) => byGrant.get(grant.id) ?? [],
    isTokenUsable,
    isTokenExpired: isExpired,
    clear: () => {
      for (const map of [tokens, byGrant]) map.clear();
    },
  };
}

function buildToken(grant: Grant, { kind, value, lifetime = Infinity, replaces }: TokenSpec, now: number): Token {
  if (replaces) replaces.replaced = true;
  return {
    kind,
    value,
    grant,
    issuedAt: now,
    expiresAt: now + lifetime,
    generation: replaces === undefined ? 0 : replaces.generation + 1,
    replaces,
    replaced: false,
    succeeded: false,
    revoked: false,
  };
}
