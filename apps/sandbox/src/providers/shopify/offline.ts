import { days, hours } from "../../clock.ts";
import { getTokenLifetimes } from "../../provider.ts";
import type { Grant } from "../../oauth/grant.ts";
import type { AuthorizationCode } from "../../oauth/grants.ts";
import type { Token } from "../../oauth/tokens.ts";
import { randomHex } from "../../random.ts";
import { expandScopes } from "./scopes.ts";
import type { ShopifyState } from "./shopify.ts";

/** Issues an offline token of the shop. Only one refreshable set is valid for an app and a shop: this ends all earlier ones. */
export function acquireOfflineToken(shopify: ShopifyState, code: AuthorizationCode, expiring: boolean): object {
  const { grants } = shopify;
  const scopes = expandScopes(code.request.scopes);
  for (const earlier of grants.listActive({ ...code.request, person: code.person }))
    for (const token of grants.listTokens(earlier)) if (token.kind === "refresh") token.revoked = true;
  code.grant = grants.createGrant({ ...code.request, scopes, person: code.person });
  if (expiring) return issueOfflineTokens(shopify, code.grant);
  const access = grants.issueToken(code.grant, { kind: "access", value: `shpat_${randomHex(16)}` });
  return { access_token: access.value, scope: scopes.join(",") };
}

/** Issues an expiring access token and its refresh token. */
export const issueOfflineTokens = (shopify: ShopifyState, grant: Grant) =>
  reissueTokens(shopify, { grant, next: issueRefresh(shopify, grant) });

/**
 * Exchanges a refresh token. The token that was just used may be sent again and gives the same replacement, until that
 * replacement is first used, for at most 30 days. Returns undefined for an unknown, replaced, expired or revoked token.
 */
export function refreshOfflineTokens(shopify: ShopifyState, value: string, shop: string): object | undefined {
  const { grants } = shopify;
  const token = grants.useToken(value);
  if (token?.kind !== "refresh" || token.grant.realm !== shop || !grants.isTokenUsable(token)) return undefined;
  const next = replacementFor(shopify, token);
  if (next === undefined) return undefined;
  retirePredecessor(shopify, token);
  return reissueTokens(shopify, { grant: token.grant, next, used: token });
}

function replacementFor(shopify: ShopifyState, used: Token): Token | undefined {
  const { rotations, clock } = shopify;
  const rotation = rotations.replacements.get(used);
  if (rotation) return rotation.until > clock.now() ? rotation.replacement : undefined;
  const replacement = issueRefresh(shopify, used.grant, used);
  rotations.replacements.set(used, { replacement, until: clock.now() + days(30) });
  rotations.predecessors.set(replacement, used);
  return replacement;
}

/** The first use of a replacement ends the retries of the token that it replaced. */
function retirePredecessor({ rotations }: ShopifyState, used: Token): void {
  const predecessor = rotations.predecessors.get(used);
  rotations.predecessors.delete(used);
  if (predecessor) predecessor.revoked = true;
}

const usual = { access: hours(1), refresh: days(90) };
const getShopifyLifetimes = ({ switches }: ShopifyState) => getTokenLifetimes(switches.current(), usual);

function issueRefresh(shopify: ShopifyState, grant: Grant, used?: Token): Token {
  const value = `shprt_${randomHex(16)}`;
  const replaces = used && { replaces: used };
  return shopify.grants.issueToken(grant, {
    kind: "refresh",
    value,
    lifetime: getShopifyLifetimes(shopify).refresh,
    ...replaces,
  });
}

interface Renewal {
  readonly grant: Grant;
  readonly next: Token;
  readonly used?: Token;
}

/** The earlier access token stays valid until its hour is over. */
function reissueTokens(shopify: ShopifyState, { grant, next, used }: Renewal) {
  const lifetime = getShopifyLifetimes(shopify).access;
  const value = `shpat_${randomHex(16)}`;
  const access = shopify.grants.issueToken(grant, { kind: "access", value, lifetime, ...(used && { replaces: used }) });
  return {
    access_token: access.value,
    scope: grant.scopes.join(","),
    expires_in: lifetime / 1000,
    refresh_token: next.value,
    refresh_token_expires_in: (next.expiresAt - next.issuedAt) / 1000,
  };
}
