import { days, hours } from "../../clock.ts";
import { lifetimes } from "../../face.ts";
import type { Code, Grant } from "../../grants.ts";
import type { Token } from "../../tokens.ts";
import { hex } from "../../mint.ts";
import { granted } from "./scopes.ts";
import type { Shopify } from "./shopify.ts";

/** A token of the shop itself. Only one refreshable set stands per app and shop: this retires all earlier ones. */
export function acquire(shopify: Shopify, code: Code, expiring: boolean): object {
  const { grants } = shopify;
  const scopes = granted(code.ask.scopes);
  for (const earlier of grants.standing({ ...code.ask, person: code.person }))
    for (const token of grants.tokensOf(earlier)) if (token.kind === "refresh") token.revoked = true;
  code.grant = grants.open({ ...code.ask, scopes, person: code.person });
  if (expiring) return firstSet(shopify, code.grant);
  const access = grants.issue(code.grant, { kind: "access", value: `shpat_${hex(16)}` });
  return { access_token: access.value, scope: scopes.join(",") };
}

/** An expiring access token, and the refresh token that belongs to it. */
export const firstSet = (shopify: Shopify, grant: Grant) =>
  renew(shopify, { grant, next: issueRefresh(shopify, grant) });

/**
 * Exchanges a refresh token. The one just used may be tried again, and gives the same replacement, until that
 * replacement is first used; for 30 days at most. Undefined: unknown, replaced, expired, revoked or uninstalled.
 */
export function refresh(shopify: Shopify, value: string, shop: string): object | undefined {
  const { grants } = shopify;
  const token = grants.used(value);
  if (token?.kind !== "refresh" || token.grant.realm !== shop || !grants.isLive(token)) return undefined;
  const next = replacementFor(shopify, token);
  if (next === undefined) return undefined;
  retirePredecessor(shopify, token);
  return renew(shopify, { grant: token.grant, next, used: token });
}

function replacementFor(shopify: Shopify, used: Token): Token | undefined {
  const { rotations, clock } = shopify;
  const rotation = rotations.replacements.get(used);
  if (rotation) return rotation.until > clock.now() ? rotation.replacement : undefined;
  const replacement = issueRefresh(shopify, used.grant, used);
  rotations.replacements.set(used, { replacement, until: clock.now() + days(30) });
  rotations.predecessors.set(replacement, used);
  return replacement;
}

/** The first use of a replacement ends the retries of the token that it replaced. */
function retirePredecessor({ rotations }: Shopify, used: Token): void {
  const predecessor = rotations.predecessors.get(used);
  rotations.predecessors.delete(used);
  if (predecessor) predecessor.revoked = true;
}

const usual = { access: hours(1), refresh: days(90) };
const lifetimesNow = ({ switches }: Shopify) => lifetimes(switches.current(), usual);

function issueRefresh(shopify: Shopify, grant: Grant, used?: Token): Token {
  const value = `shprt_${hex(16)}`;
  const replaces = used && { replaces: used };
  return shopify.grants.issue(grant, { kind: "refresh", value, lifetime: lifetimesNow(shopify).refresh, ...replaces });
}

interface Renewal {
  readonly grant: Grant;
  readonly next: Token;
  readonly used?: Token;
}

/** The earlier access token lives on until its own hour is over. */
function renew(shopify: Shopify, { grant, next, used }: Renewal) {
  const lifetime = lifetimesNow(shopify).access;
  const value = `shpat_${hex(16)}`;
  const access = shopify.grants.issue(grant, { kind: "access", value, lifetime, ...(used && { replaces: used }) });
  return {
    access_token: access.value,
    scope: grant.scopes.join(","),
    expires_in: lifetime / 1000,
    refresh_token: next.value,
    refresh_token_expires_in: (next.expiresAt - next.issuedAt) / 1000,
  };
}
