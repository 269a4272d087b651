import { z } from "zod";
import { ConnectError } from "../errors.ts";
import {
  assertNotTransient,
  tryParseJson,
  OutcomeUnknownError,
  type HttpResponse,
  type ProviderHttp,
} from "../http/index.ts";
import type { Credentials, ProviderState } from "../provider.ts";
import { resolveSetting } from "./setting.ts";
import type { OAuthClient, OAuthSpec } from "./spec.ts";
import { parseExpiresIn } from "./token-fields.ts";
import { tokenError, tokenResponse, type TokenErrorBody, type TokenResponse } from "./token-response.ts";

/** Sends one token request. Never repeated: a code or a rotating refresh token is spent by it. */
export async function requestToken(
  { spec, client, http }: { spec: OAuthSpec; client: OAuthClient; http: ProviderHttp },
  fields: Readonly<Record<string, string>>,
  place: ProviderState,
): Promise<TokenResponse> {
  const form = new URLSearchParams(fields);
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
  spec.authenticate(client, form, headers);
  const url = resolveSetting(spec.endpoints, client, place).token;
  return parseTokenResponse(await http.send(url, { method: "POST", headers, body: form.toString() }), spec);
}

function parseTokenResponse(answer: HttpResponse, spec: OAuthSpec): TokenResponse {
  assertNotTransient(answer, spec.name);
  if (spec.isPaused?.(answer))
    throw new ConnectError("account_paused", `${spec.name}'s token endpoint answered ${answer.status}`);
  const { status, text } = answer;
  const body = tryParseJson(text);
  const isSuccess = status >= 200 && status < 300;
  const failed = tokenError.safeParse(body);
  // An error beside tokens: neither is believed.
  if (failed.success && !(isSuccess && salvageTokens(body))) throw tokenRefusal(status, failed.data, spec);
  const parsed = tokenResponse.safeParse(body);
  if (isSuccess && !failed.success && parsed.success && isUsable(parsed.data, spec)) return parsed.data;
  throw new InvalidTokenResponseError(`${spec.name}'s token endpoint answered ${status} in another shape`, body);
}

/** Types that want a proof with each use (RFC 9449, MAC), and what is no access token at all (RFC 8693 2.2.1). */
const otherTypes = new Set(["mac", "pop", "dpop", "n_a"]);

function isUsable({ access_token, token_type }: TokenResponse, spec: OAuthSpec): boolean {
  if (typeof token_type === "string" && otherTypes.has(token_type.trim().toLowerCase())) return false;
  return typeof access_token === "string" || spec.buildCredentials !== undefined;
}

/** An answer that cannot be used, but may have granted access all the same. */
export class InvalidTokenResponseError extends OutcomeUnknownError {
  // Private, so that no log prints them.
  readonly #tokens: Tokens | undefined;

  constructor(message: string, body: unknown) {
    super("provider_misbehaved", message);
    this.#tokens = salvageTokens(body);
  }

  get tokens(): Tokens | undefined {
    return this.#tokens;
  }
}

type Tokens = Pick<Credentials, "accessToken" | "refreshToken">;

const tokens = z.object({ access_token: z.string().min(1).catch(""), refresh_token: z.string().min(1).catch("") });

/** The tokens of an answer of whatever shape: what there is to revoke. Undefined: nothing. */
export function salvageTokens(body: unknown): Tokens | undefined {
  const { access_token: accessToken = "", refresh_token: refreshToken = "" } = tokens.safeParse(body).data ?? {};
  if (!accessToken && !refreshToken) return undefined;
  return { ...(accessToken && { accessToken }), ...(refreshToken && { refreshToken }) };
}

/** By the error's name, never by 400 or 401: these differ from provider to provider. */
function tokenRefusal(status: number, body: TokenErrorBody, spec: OAuthSpec): ConnectError {
  const error = { status, error: body.error, description: body.error_description || body.reason || "" };
  const rejects = spec.isGrantDead ?? ((failure) => failure.error === "invalid_grant");
  const said = `${spec.name}'s token endpoint answered ${status} ${errorName.exec(body.error)?.[0] ?? "with an error"}`;
  if (rejects(error)) return new ConnectError("grant_rejected", said);
  return new ConnectError(ours.has(body.error) ? "provider_misconfigured" : "provider_misbehaved", said);
}

/** What a log may quote of an error. Anything else than a name could be the code that we sent. */
const errorName = /^[a-z_]{1,40}$/;

/** Errors that only our own registration or configuration can cause. */
const ours = new Set([
  "invalid_client",
  "unauthorized_client",
  "unsupported_grant_type",
  "invalid_scope",
  "application_cannot_be_found",
]);

/** What is kept of a token answer where tokens are what opens the account. */
export function keepTokens(answer: TokenResponse, place: ProviderState, now: Date): Credentials {
  const { access_token: accessToken, refresh_token: refreshToken } = answer;
  if (!accessToken) throw new ConnectError("provider_misbehaved", "a token answer without an access token");
  const expiresAt = parseExpiresIn(answer.expires_in, now);
  const refreshExpiresAt = parseExpiresIn(answer.refresh_token_expires_in, now);
  return {
    accessToken,
    ...(refreshToken ? { refreshToken } : {}),
    ...(expiresAt && { expiresAt }),
    ...(refreshExpiresAt && { refreshExpiresAt }),
    metadata: place,
  };
}
