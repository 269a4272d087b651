import { days, hours } from "../../clock.ts";
import type { Code, Grant, Token } from "../../grants.ts";
import { hex } from "../../mint.ts";
import { granted } from "./scopes.ts";
import type { Shopify } from "./shopify.ts";

type TokenSet = Record<string, unknown>;

/** A token of the shop itself. Only one refreshable set stands per app and shop: this retires all earlier ones. */
export function acquire({ grants }: Shopify, code: Code, expiring: boolean): TokenSet {
  const scopes = granted(code.ask.scopes);
  for (const earlier of grants.standing({ ...code.ask, person: code.person }))
    for (const token of grants.tokensOf(earlier)) if (token.kind === "refresh") token.revoked = true;
  code.grant = grants.open({ ...code.ask, scopes, person: code.person });
  if (expiring) return renew({ grants }, code.grant, issueRefresh({ grants }, code.grant));
  const access = grants.issue(code.grant, { kind: "access", value: `shpat_${hex(16)}` });
  return { access_token: access.value, scope: scopes.join(",") };
}

/**
 * Exchanges a refresh token. The one just used may be tried again, and gives the same replacement, until that
 * replacement is first used; for 30 days at most. Undefined: unknown, replaced, expired, revoked or uninstalled.
 */
export function refresh(shopify: Shopify, value: string, shop: string): TokenSet | undefined {
  const { grants } = shopify;
  const token = grants.token(value);
  if (token?.kind !== "refresh" || token.grant.realm !== shop || !grants.isLive(token)) return undefined;
  const replacement = replacementFor(shopify, token);
  if (replacement === undefined) return undefined;
  retirePredecessor(shopify, token);
  return renew(shopify, token.grant, replacement);
}

function replacementFor({ grants, rotations, clock }: Shopify, used: Token): Token | undefined {
  const rotation = rotations.get(used.value);
  if (rotation) return rotation.until > clock.now() ? grants.token(rotation.replacement) : undefined;
  const replacement = issueRefresh({ grants }, used.grant);
  rotations.set(used.value, { replacement: replacement.value, until: clock.now() + days(30) });
  return replacement;
}

/** The first use of a replacement ends the retries of the token that it replaced. */
function retirePredecessor({ grants, rotations }: Shopify, used: Token): void {
  for (const [value, { replacement }] of rotations) {
    const predecessor = grants.token(value);
    if (replacement === used.value && predecessor) predecessor.revoked = true;
  }
}

const issueRefresh = ({ grants }: Pick<Shopify, "grants">, grant: Grant): Token =>
  grants.issue(grant, { kind: "refresh", value: `shprt_${hex(16)}`, lifetime: days(90) });

/** The earlier access token lives on until its own hour is over. */
function renew({ grants }: Pick<Shopify, "grants">, grant: Grant, next: Token): TokenSet {
  const access = grants.issue(grant, { kind: "access", value: `shpat_${hex(16)}`, lifetime: hours(1) });
  return {
    access_token: access.value,
    scope: grant.scopes.join(","),
    expires_in: 3600,
    refresh_token: next.value,
    refresh_token_expires_in: 7_776_000,
  };
}
