import type { Clock } from "./clock.ts";
import type { Grant } from "./grants.ts";

export interface Token {
  readonly value: string;
  readonly kind: "access" | "refresh";
  readonly grant: Grant;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** How many rotations came before it. */
  readonly generation: number;
  /** The refresh token that it replaces, until one of the replacements is used. */
  replaces: Token | undefined;
  /** Others were given in exchange for it, and replace it. */
  replaced: boolean;
  /** One of those was used. */
  succeeded: boolean;
  revoked: boolean;
}

interface TokenSpec {
  readonly kind: Token["kind"];
  readonly value: string;
  /** Absent: it does not run out. */
  readonly lifetime?: number | undefined;
  /** The refresh token that it was exchanged for and replaces. */
  readonly replaces?: Token;
}

/** The tokens that one provider has given out. */
export interface Tokens {
  issue(grant: Grant, spec: TokenSpec): Token;
  token(value: string): Token | undefined;
  /** Looks up a token that is being used: what it replaces is then succeeded. */
  used(value: string): Token | undefined;
  readonly tokensOf: (grant: Grant) => readonly Token[];
  readonly isLive: (token: Token) => boolean;
  isExpired(token: Token): boolean;
}

/** How many of a grant's newest tokens are remembered when they are dead. */
const remembered = 32;

export function createTokens(clock: Clock): Tokens & { clear(): void } {
  const tokens = new Map<string, Token>();
  const byGrant = new Map<string, Token[]>();

  const isExpired = (token: Token): boolean => token.expiresAt <= clock.now();
  const isLive = (token: Token): boolean => !token.revoked && !token.grant.ended && !isExpired(token);

  function keep(token: Token): Token {
    const known = byGrant.get(token.grant.id) ?? [];
    known.push(token);
    tokens.set(token.value, token);
    byGrant.set(token.grant.id, known.length % (2 * remembered) === 0 ? withoutLongDead(known) : known);
    return token;
  }
  function withoutLongDead(known: readonly Token[]): Token[] {
    const stays = (token: Token, place: number): boolean => place >= known.length - remembered || isLive(token);
    for (const [place, token] of known.entries()) if (!stays(token, place)) tokens.delete(token.value);
    return known.filter(stays);
  }

  return {
    issue: (grant, spec) => keep(issued(grant, spec, clock.now())),
    token: (value) => tokens.get(value),
    used: (value) => {
      const token = tokens.get(value);
      if (token?.replaces) token.replaces.succeeded = true;
      if (token) token.replaces = undefined;
      return token;
    },
    tokensOf: (grant) => byGrant.get(grant.id) ?? [],
    isLive,
    isExpired,
    clear: () => {
      for (const map of [tokens, byGrant]) map.clear();
    },
  };
}

function issued(grant: Grant, { kind, value, lifetime = Infinity, replaces }: TokenSpec, now: number): Token {
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
