import { randomUUID } from "node:crypto";
import type { Clock } from "./clock.ts";
import type { Challenge } from "./pkce.ts";

/** What an app asked a person for. The realm is what else binds it: a shop, an environment, a mode. */
export interface Ask {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | undefined;
  readonly challenge: Challenge | undefined;
  readonly realm: string;
}

/** A person's standing consent to one app. */
export interface Grant {
  readonly id: string;
  readonly person: string;
  readonly clientId: string;
  readonly realm: string;
  readonly scopes: readonly string[];
  ended: boolean;
}

export interface Code {
  readonly value: string;
  readonly ask: Ask;
  readonly person: string;
  readonly expiresAt: number;
  /** The grant it was exchanged for: a code that has one is spent. */
  grant: Grant | undefined;
}

export interface Token {
  readonly value: string;
  readonly kind: "access" | "refresh";
  readonly grant: Grant;
  readonly issuedAt: number;
  readonly expiresAt: number;
  revoked: boolean;
}

interface TokenSpec {
  readonly kind: Token["kind"];
  readonly value: string;
  /** Absent: it does not run out. */
  readonly lifetime?: number;
}

interface GrantView {
  readonly person: string;
  readonly clientId: string;
  readonly realm: string;
  readonly scopes: readonly string[];
  readonly live: true;
  readonly accessTokens: number;
  readonly refreshTokens: number;
}

/** The codes, grants and tokens that one provider has given out. */
export interface Grants {
  issueCode(code: Pick<Code, "value" | "ask" | "person"> & { lifetime: number }): Code;
  code(value: string): Code | undefined;
  /** Known, not spent, not run out. */
  isFresh(code: Code): boolean;
  open(grant: Pick<Grant, "person" | "clientId" | "realm" | "scopes">): Grant;
  /** The grants of a person to a client in a realm that have not ended. */
  standing(of: Pick<Grant, "person" | "clientId" | "realm">): Grant[];
  issue(grant: Grant, spec: TokenSpec): Token;
  token(value: string): Token | undefined;
  tokensOf(grant: Grant): readonly Token[];
  /** All tokens ever issued for a person. */
  issued(person: string): Token[];
  isLive(token: Token): boolean;
  isExpired(token: Token): boolean;
  end(grant: Grant): void;
  /** The grants with which something can still be done. */
  live(): GrantView[];
  clear(): void;
}

export function createGrants(clock: Clock): Grants {
  const codes = new Map<string, Code>();
  const tokens = new Map<string, Token>();
  const grants = new Map<string, Grant>();
  const byGrant = new Map<string, Token[]>();

  const isExpired = (token: Token): boolean => token.expiresAt <= clock.now();
  const isLive = (token: Token): boolean => !token.revoked && !token.grant.ended && !isExpired(token);
  const tokensOf = (grant: Grant): readonly Token[] => byGrant.get(grant.id) ?? [];

  return {
    issueCode: ({ value, ask, person, lifetime }) => {
      const code: Code = { value, ask, person, expiresAt: clock.now() + lifetime, grant: undefined };
      codes.set(value, code);
      return code;
    },
    code: (value) => codes.get(value),
    isFresh: (code) => code.grant === undefined && code.expiresAt > clock.now(),
    open: (fields) => {
      const grant: Grant = { ...fields, id: randomUUID(), ended: false };
      grants.set(grant.id, grant);
      byGrant.set(grant.id, []);
      return grant;
    },
    standing: ({ person, clientId, realm }) =>
      [...grants.values()].filter(
        (grant) => !grant.ended && grant.person === person && grant.clientId === clientId && grant.realm === realm,
      ),
    issue: (grant, { kind, value, lifetime = Infinity }) => {
      const issuedAt = clock.now();
      const token: Token = { kind, value, grant, issuedAt, expiresAt: issuedAt + lifetime, revoked: false };
      tokens.set(value, token);
      byGrant.get(grant.id)?.push(token);
      return token;
    },
    token: (value) => tokens.get(value),
    tokensOf,
    issued: (person) => [...tokens.values()].filter(({ grant }) => grant.person === person),
    isLive,
    isExpired,
    end: (grant) => {
      grant.ended = true;
    },
    live: () => [...grants.values()].flatMap((grant) => view(grant, tokensOf(grant).filter(isLive))),
    clear: () => {
      for (const map of [codes, tokens, grants, byGrant]) map.clear();
    },
  };
}

function view(grant: Grant, live: readonly Token[]): GrantView[] {
  if (live.length === 0) return [];
  const { person, clientId, realm, scopes } = grant;
  const count = (kind: Token["kind"]): number => live.filter((token) => token.kind === kind).length;
  return [
    { person, clientId, realm, scopes, live: true, accessTokens: count("access"), refreshTokens: count("refresh") },
  ];
}
