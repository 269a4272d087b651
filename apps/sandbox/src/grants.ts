import { randomUUID } from "node:crypto";
import type { Clock } from "./clock.ts";
import type { Challenge } from "./pkce.ts";
import { createTokens, type Token, type Tokens } from "./tokens.ts";

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
export interface Grants extends Tokens {
  issueCode(code: Pick<Code, "value" | "ask" | "person"> & { lifetime: number }): Code;
  code(value: string): Code | undefined;
  /** Known, not spent, not run out. */
  isFresh(code: Code): boolean;
  open(grant: Pick<Grant, "person" | "clientId" | "realm" | "scopes">): Grant;
  /** The grants of a person to a client in a realm that have not ended. */
  standing(of: Pick<Grant, "person" | "clientId" | "realm">): Grant[];
  /** All grants of a person that have not ended. */
  standingOf(person: string): Grant[];
  /** The tokens issued for a person, but for those long dead. */
  issued(person: string): Token[];
  end(grant: Grant): void;
  /** The grants with which something can still be done. */
  live(): GrantView[];
  clear(): void;
}

/** How many of a person's grants are remembered when they have ended. */
const remembered = 32;

export function createGrants(clock: Clock): Grants {
  const tokens = createTokens(clock);
  const codes = new Map<string, Code>();
  const byPerson = new Map<string, Grant[]>();
  const standingOf = (person: string): Grant[] => (byPerson.get(person) ?? []).filter(({ ended }) => !ended);

  return {
    ...tokens,
    issueCode: ({ value, ask, person, lifetime }) => {
      const code: Code = { value, ask, person, expiresAt: clock.now() + lifetime, grant: undefined };
      codes.set(value, code);
      return code;
    },
    code: (value) => codes.get(value),
    isFresh: (code) => code.grant === undefined && code.expiresAt > clock.now(),
    open: ({ person, clientId, realm, scopes }) => {
      const grant: Grant = { person, clientId, realm, scopes, id: randomUUID(), ended: false };
      const known = byPerson.get(person) ?? [];
      byPerson.set(person, [...(known.length < remembered ? known : standingOf(person)), grant]);
      return grant;
    },
    standing: ({ person, clientId, realm }) =>
      standingOf(person).filter((grant) => grant.clientId === clientId && grant.realm === realm),
    standingOf,
    issued: (person) => (byPerson.get(person) ?? []).flatMap(tokens.tokensOf),
    end: (grant) => {
      grant.ended = true;
    },
    live: () =>
      [...byPerson.values()].flat().flatMap((grant) => view(grant, tokens.tokensOf(grant).filter(tokens.isLive))),
    clear: () => {
      for (const memory of [codes, tokens, byPerson]) memory.clear();
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
