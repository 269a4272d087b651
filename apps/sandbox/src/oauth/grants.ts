import type { Grant } from "./grant.ts";
import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { UsableGrant } from "../control/schemas/reports.ts";
import type { CodeChallenge } from "./pkce.ts";
import { createTokenStore, type Token, type TokenStore } from "./tokens.ts";

/** What an app asks a person for. The realm binds the request to a shop, an environment or a mode. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | undefined;
  readonly challenge: CodeChallenge | undefined;
  readonly realm: string;
}

/** An authorization code. */
export interface AuthorizationCode {
  readonly value: string;
  readonly request: AuthorizationRequest;
  readonly person: string;
  readonly expiresAt: number;
  /** The grant that the code was exchanged for. A code that has one is used. */
  grant: Grant | undefined;
}

/** The codes, grants and tokens of one provider. */
export interface GrantStore extends TokenStore {
  issueCode(code: Pick<AuthorizationCode, "value" | "request" | "person"> & { lifetime: number }): AuthorizationCode;
  findCode(value: string): AuthorizationCode | undefined;
  /** Whether a code is unused and has not expired. */
  isCodeUsable(code: AuthorizationCode): boolean;
  createGrant(grant: Pick<Grant, "person" | "clientId" | "realm" | "scopes">): Grant;
  /** Lists the grants of a person to a client in a realm that have not ended. */
  listActive(of: Pick<Grant, "person" | "clientId" | "realm">): Grant[];
  /** Lists all grants of a person that have not ended. */
  listActiveOf(person: string): Grant[];
  /** Lists the tokens of a person. Old dead tokens are forgotten. */
  listTokensOf(person: string): Token[];
  endGrant(grant: Grant): void;
  /** Lists the grants that still have a usable token. */
  listUsable(): UsableGrant[];
  clear(): void;
}

/** How many ended grants of a person are remembered. */
const maxRememberedGrants = 32;

/** Creates an empty store of codes, grants and tokens. */
export function createGrantStore(clock: Clock): GrantStore {
  const tokens = createTokenStore(clock);
  const codes = new Map<string, AuthorizationCode>();
  const byPerson = new Map<string, Grant[]>();
  const listActiveOf = (person: string): Grant[] => (byPerson.get(person) ?? []).filter(({ ended }) => !ended);

  return {
    ...tokens,
    issueCode: ({ value, request: authorization, person, lifetime }) => {
      const code: AuthorizationCode = {
        value,
        request: authorization,
        person,
        expiresAt: clock.now() + lifetime,
        grant: undefined,
      };
      codes.set(value, code);
      return code;
    },
    findCode: (value) => codes.get(value),
    isCodeUsable: (code) => code.grant === undefined && code.expiresAt > clock.now(),
    createGrant: ({ person, clientId, realm, scopes }) => {
      const grant: Grant = { person, clientId, realm, scopes, id: randomUUID(), ended: false };
      const known = byPerson.get(person) ?? [];
      byPerson.set(person, [...(known.length < maxRememberedGrants ? known : listActiveOf(person)), grant]);
      return grant;
    },
    listActive: ({ person, clientId, realm }) =>
      listActiveOf(person).filter((grant) => grant.clientId === clientId && grant.realm === realm),
    listActiveOf,
    listTokensOf: (person) => (byPerson.get(person) ?? []).flatMap(tokens.listTokens),
    endGrant: (grant) => {
      grant.ended = true;
    },
    listUsable: () =>
      [...byPerson.values()]
        .flat()
        .flatMap((grant) => describeGrant(grant, tokens.listTokens(grant).filter(tokens.isTokenUsable))),
    clear: () => {
      for (const memory of [codes, tokens, byPerson]) memory.clear();
    },
  };
}

function describeGrant(grant: Grant, live: readonly Token[]): UsableGrant[] {
  if (live.length === 0) return [];
  const { person, clientId, realm, scopes } = grant;
  const count = (kind: Token["kind"]): number => live.filter((token) => token.kind === kind).length;
  return [
    {
      person,
      clientId,
      realm,
      scopes: [...scopes],
      live: true,
      accessTokens: count("access"),
      refreshTokens: count("refresh"),
    },
  ];
}
