import { z } from "zod";
import { ConnectError } from "../errors.ts";
import { assertNotTransient, tryParseJson, OutcomeUnknownError, type HttpResponse } from "../http/index.ts";
import type { Credentials, ProviderState } from "../provider.ts";
import { sendForm } from "./send-form.ts";
import { resolveSetting } from "./setting.ts";
import type { OAuthDeps, OAuthSpec } from "./spec.ts";
import { parseExpiresIn } from "./token-fields.ts";
import { parseTokenError, tokenResponse, type TokenError, type TokenResponse } from "./token-response.ts";

/** Sends one token request. Never repeated: a code or a rotating refresh token is spent by it. */
export async function requestToken(
  { spec, client, http }: OAuthDeps,
  fields: Readonly<Record<string, string>>,
  metadata: ProviderState,
): Promise<TokenResponse> {
  const { token: url } = resolveSetting(spec.endpoints, client, metadata);
  const response = await sendForm({ http, client }, { url, fields, authenticate: spec.authenticate });
  return parseTokenResponse(response, spec);
}

function parseTokenResponse(response: HttpResponse, spec: OAuthSpec): TokenResponse {
  assertNotTransient(response, spec.name);
  if (spec.isPaused?.(response))
    throw new ConnectError("account_paused", `${spec.name}'s token endpoint answered ${response.status}`);
  const { status, text } = response;
  const body = tryParseJson(text);
  const isSuccess = status >= 200 && status < 300;
  const error = parseTokenError(status, body);
  // An error beside tokens: neither is believed.
  if (error && !(isSuccess && salvageTokens(body))) throw tokenRefusal(error, spec);
  const parsed = tokenResponse.safeParse(body);
  if (isSuccess && !error && parsed.success && isUsable(parsed.data, spec)) return parsed.data;
  throw new InvalidTokenResponseError(`${spec.name}'s token endpoint answered ${status} in another shape`, body);
}

/** Token types that need a proof with each use (RFC 9449, MAC), or that are no access token at all (RFC 8693 2.2.1). */
const unusableTypes = new Set(["mac", "pop", "dpop", "n_a"]);

function isUsable({ access_token, token_type }: TokenResponse, spec: OAuthSpec): boolean {
  if (typeof token_type === "string" && unusableTypes.has(token_type.trim().toLowerCase())) return false;
  return typeof access_token === "string" || spec.buildCredentials !== undefined;
}

/** A response that cannot be used, but may have granted access all the same. */
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

/** Finds the tokens in a response of any shape, so that they can be revoked. Undefined: there are none. */
export function salvageTokens(body: unknown): Tokens | undefined {
  const { access_token: accessToken = "", refresh_token: refreshToken = "" } = tokens.safeParse(body).data ?? {};
  if (!accessToken && !refreshToken) return undefined;
  return { ...(accessToken && { accessToken }), ...(refreshToken && { refreshToken }) };
}

/** Builds the error for a refusal. It goes by the error's name, never by 400 or 401: these differ from provider to provider. */
function tokenRefusal(error: TokenError, spec: OAuthSpec): ConnectError {
  const isGrantDead = spec.isGrantDead ?? ((failure) => failure.error === "invalid_grant");
  const name = errorName.exec(error.error)?.[0] ?? "with an error";
  const message = `${spec.name}'s token endpoint answered ${error.status} ${name}`;
  if (isGrantDead(error)) return new ConnectError("grant_rejected", message);
  return new ConnectError(
    misconfigurationErrors.has(error.error) ? "provider_misconfigured" : "provider_misbehaved",
    message,
  );
}

/** Whether a provider said in its own words that a code, a token or a grant is dead. */
export function isRejected(failure: unknown): failure is ConnectError {
  return failure instanceof ConnectError && failure.code === "grant_rejected";
}

/** What a log may quote of an error: a name. Any other text could be the code that we sent. */
const errorName = /^[a-z_]{1,40}$/;

/** Errors that only our own registration or configuration can cause. */
const misconfigurationErrors = new Set([
  "invalid_client",
  "unauthorized_client",
  "unsupported_grant_type",
  "invalid_scope",
  "application_cannot_be_found",
]);

/** Turns a token response into credentials, for providers whose tokens open the account. */
export function toCredentials(response: TokenResponse, metadata: ProviderState, now: Date): Credentials {
  const { access_token: accessToken, refresh_token: refreshToken } = response;
  if (!accessToken) throw new ConnectError("provider_misbehaved", "a token response without an access token");
  const expiresAt = parseExpiresIn(response.expires_in, now);
  const refreshExpiresAt = parseExpiresIn(response.refresh_token_expires_in, now);
  return {
    accessToken,
    ...(refreshToken ? { refreshToken } : {}),
    ...(expiresAt && { expiresAt }),
    ...(refreshExpiresAt && { refreshExpiresAt }),
    metadata,
  };
}
