import { ConnectError } from "../errors.ts";
import type { Credentials, ProviderState } from "../provider.ts";
import type { OAuthDeps, OAuthSpec } from "./spec.ts";
import { parseExpiresIn } from "./token-fields.ts";
import { InvalidTokenResponseError, isRejected, requestToken, toCredentials } from "./token.ts";
import type { TokenResponse } from "./token-response.ts";

/**
 * Gets new tokens for a refresh token (RFC 6749 6). If the response brings no refresh token, the old one stays valid, until
 * the time that was known before. If the response cannot be used but holds a new refresh token, gives that one alone: the
 * old one may be spent.
 */
export async function refreshTokens(
  deps: OAuthDeps,
  { refreshToken, refreshExpiresAt, metadata }: Credentials,
): Promise<Credentials> {
  if (refreshToken === undefined) throw new ConnectError("needs_reconnect", "there is no refresh token");
  const fields = { grant_type: "refresh_token", refresh_token: refreshToken };
  try {
    const response = await rejectionMeansDead(requestToken(deps, fields, metadata));
    const unchanged = response.refresh_token ? {} : { refreshToken, ...(refreshExpiresAt && { refreshExpiresAt }) };
    return { ...unchanged, ...parseRefreshedTokens(response, metadata, deps.spec) };
  } catch (failure) {
    const salvaged = failure instanceof InvalidTokenResponseError ? failure.tokens?.refreshToken : undefined;
    if (salvaged === undefined) throw failure;
    const now = new Date();
    const refreshEnd = capExpiry(deps.spec.refreshSeconds, undefined, now);
    return { refreshToken: salvaged, ...(refreshEnd && { refreshExpiresAt: refreshEnd }), expiresAt: now, metadata };
  }
}

/** Throws `needs_reconnect` in place of `grant_rejected`: of a grant that was valid, it means that the grant is dead. */
export async function rejectionMeansDead<T>(request: Promise<T>): Promise<T> {
  return await request.catch((failure: unknown) => {
    throw isRejected(failure) ? new ConnectError("needs_reconnect", failure.message, { cause: failure }) : failure;
  });
}

/** Reads the tokens of a response. Each ends when the response says; at the latest, or if that makes no sense, as documented. */
export function parseRefreshedTokens(response: TokenResponse, metadata: ProviderState, spec: OAuthSpec): Credentials {
  const now = new Date();
  const allMetadata = { ...metadata, ...spec.readMetadata?.(response) };
  const { expiresAt, refreshExpiresAt, ...tokens } = toCredentials(response, allMetadata, now);
  const end = expiresAt && capExpiry(spec.accessSeconds, expiresAt, now);
  const refreshEnd = response.refresh_token ? capExpiry(spec.refreshSeconds, refreshExpiresAt, now) : undefined;
  return { ...tokens, ...(end && { expiresAt: end }), ...(refreshEnd && { refreshExpiresAt: refreshEnd }) };
}

/**
 * Reads the first tokens of a grant. If the response does not say how long they last, they count as ending now: a refresh
 * before their first use may tell. Without a refresh token they last as documented; if each response should bring a refresh
 * token, they may have no end at all.
 */
export function parseFirstTokens(response: TokenResponse, metadata: ProviderState, spec: OAuthSpec): Credentials {
  const tokens = parseRefreshedTokens(response, metadata, spec);
  const now = new Date();
  if (hasExpiry(response, now)) return tokens;
  if (tokens.refreshToken !== undefined) return { ...tokens, expiresAt: now };
  if (spec.refresh === "rotating" || spec.accessSeconds === undefined) return tokens;
  return { ...tokens, expiresAt: addSeconds(spec.accessSeconds, now) };
}

/** Whether a response says when the access token ends. */
function hasExpiry({ expires_in }: TokenResponse, now: Date): boolean {
  const end = parseExpiresIn(expires_in, now);
  return end !== undefined && end > now;
}

/** The end of a token: at most the documented seconds from now, which also count if the response gives no usable end. */
function capExpiry(seconds: number | undefined, end: Date | undefined, now: Date): Date | undefined {
  if (seconds === undefined) return end;
  const latest = addSeconds(seconds, now);
  return end && end > now && end < latest ? end : latest;
}

function addSeconds(seconds: number, now: Date): Date {
  return new Date(now.getTime() + seconds * 1000);
}
