import { ConnectError } from "../errors.ts";
import type { ProviderHttp } from "../http/index.ts";
import type { Credentials, ProviderState } from "../provider.ts";
import { isRejected } from "./rejected.ts";
import type { OAuthClient, OAuthSpec } from "./spec.ts";
import { parseExpiresIn } from "./token-fields.ts";
import { keepTokens, requestToken, InvalidTokenResponseError } from "./token.ts";
import type { TokenResponse } from "./token-response.ts";

type Parts = { spec: OAuthSpec; client: OAuthClient; http: ProviderHttp };

/**
 * New tokens for old (RFC 6749 6). A refresh token that the answer leaves out stays in force, and ends when it would have
 * ended. Where the answer cannot be used but holds a new refresh token, that one is given without an access token: the old
 * one may be spent.
 */
export async function refreshTokens(
  parts: Parts,
  { refreshToken, refreshExpiresAt, metadata }: Credentials,
): Promise<Credentials> {
  if (refreshToken === undefined) throw new ConnectError("needs_reconnect", "there is no refresh token");
  const fields = { grant_type: "refresh_token", refresh_token: refreshToken };
  try {
    const answer = await rejectionMeansDead(requestToken(parts, fields, metadata));
    const kept = answer.refresh_token ? {} : { refreshToken, ...(refreshExpiresAt && { refreshExpiresAt }) };
    return { ...kept, ...parseRefreshedTokens(answer, metadata, parts.spec) };
  } catch (failure) {
    const salvaged = failure instanceof InvalidTokenResponseError ? failure.tokens?.refreshToken : undefined;
    if (salvaged === undefined) throw failure;
    const now = new Date();
    const refreshEnd = within(parts.spec.refreshSeconds, undefined, now);
    return { refreshToken: salvaged, ...(refreshEnd && { refreshExpiresAt: refreshEnd }), expiresAt: now, metadata };
  }
}

/** At a grant that stands, "rejected" means that it stands no more. */
export async function rejectionMeansDead<T>(asked: Promise<T>): Promise<T> {
  return await asked.catch((failure: unknown) => {
    throw isRejected(failure) ? new ConnectError("needs_reconnect", failure.message, { cause: failure }) : failure;
  });
}

/** The tokens of an answer, each ending when the answer says; at the latest, or where that makes no sense, as documented. */
export function parseRefreshedTokens(answer: TokenResponse, place: ProviderState, spec: OAuthSpec): Credentials {
  const now = new Date();
  const placed = { ...place, ...spec.readMetadata?.(answer) };
  const { expiresAt, refreshExpiresAt, ...tokens } = keepTokens(answer, placed, now);
  const end = expiresAt && within(spec.accessSeconds, expiresAt, now);
  const refreshEnd = answer.refresh_token ? within(spec.refreshSeconds, refreshExpiresAt, now) : undefined;
  return { ...tokens, ...(end && { expiresAt: end }), ...(refreshEnd && { refreshExpiresAt: refreshEnd }) };
}

/**
 * First tokens. Where the answer does not say how long they last they count as ending now: a refresh before their first use
 * may tell. Without a refresh token they last as documented; where each answer should bring one, they may not end at all.
 */
export function parseFirstTokens(answer: TokenResponse, place: ProviderState, spec: OAuthSpec): Credentials {
  const tokens = parseRefreshedTokens(answer, place, spec);
  const now = new Date();
  if (saysEnd(answer, now)) return tokens;
  if (tokens.refreshToken !== undefined) return { ...tokens, expiresAt: now };
  if (spec.refresh === "rotating" || spec.accessSeconds === undefined) return tokens;
  return { ...tokens, expiresAt: after(spec.accessSeconds, now) };
}

function saysEnd({ expires_in }: TokenResponse, now: Date): boolean {
  const end = parseExpiresIn(expires_in, now);
  return end !== undefined && end > now;
}

function within(seconds: number | undefined, end: Date | undefined, now: Date): Date | undefined {
  if (seconds === undefined) return end;
  const latest = after(seconds, now);
  return end && end > now && end < latest ? end : latest;
}

function after(seconds: number, now: Date): Date {
  return new Date(now.getTime() + seconds * 1000);
}
