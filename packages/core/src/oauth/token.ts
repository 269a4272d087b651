import { z } from "zod";
import { ConnectError } from "../errors.ts";
import { refuseTransient, tryJson, Unclear, type Answer, type Gate } from "../http/index.ts";
import type { Credentials, Notes } from "../provider.ts";
import type { OAuthClient, OAuthSpec } from "./spec.ts";

const seconds = z.union([z.number(), z.string().transform(Number)]);

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1).optional(),
  token_type: z
    .string()
    .regex(/^bearer$/i)
    .nullish(),
  refresh_token: z.string().min(1).nullish(),
  expires_in: seconds.nullish(),
  refresh_token_expires_in: seconds.nullish(),
  scope: z.string().nullish(),
});

/** A successful answer of a token endpoint (RFC 6749 5.1), unknown fields kept. */
export type TokenAnswer = z.infer<typeof tokenAnswer>;

/** An unsuccessful one (5.2). `description` is for judging, never for showing: some providers quote the code in it. */
export interface TokenError {
  status: number;
  error: string;
  description: string;
}

const errorAnswer = z.looseObject({
  error: z.string(),
  error_description: z.string().optional(),
  reason: z.string().optional(),
});

/** Sends one token request. Never repeated: a code or a rotating refresh token is spent by it. */
export async function requestToken(
  { spec, client, http }: { spec: OAuthSpec; client: OAuthClient; http: Gate },
  fields: Readonly<Record<string, string>>,
  place: Notes,
): Promise<TokenAnswer> {
  const form = new URLSearchParams(fields);
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
  spec.authenticate(client, form, headers);
  const url = spec.endpoints(client, place).token;
  return judge(await http.send(url, { method: "POST", headers, body: form.toString() }), spec);
}

function judge(answer: Answer, spec: OAuthSpec): TokenAnswer {
  refuseTransient(answer, spec.name);
  const body = tryJson(answer.text);
  const failed = errorAnswer.safeParse(body);
  if (failed.success) throw refusal(answer.status, failed.data, spec);
  const parsed = tokenAnswer.safeParse(body);
  if (answer.status === 200 && parsed.success) return parsed.data;
  throw new UnusableAnswer(`${spec.name}'s token endpoint answered ${answer.status} in another shape`, body);
}

/** An answer that cannot be used, but may have granted access all the same. */
export class UnusableAnswer extends Unclear {
  // Private, so that no log prints them.
  readonly #tokens: Tokens | undefined;

  constructor(message: string, body: unknown) {
    super("provider_misbehaved", message);
    this.#tokens = salvage(body);
  }

  get tokens(): Tokens | undefined {
    return this.#tokens;
  }
}

type Tokens = Pick<Credentials, "accessToken" | "refreshToken">;

const tokens = z.object({ access_token: z.string().min(1).catch(""), refresh_token: z.string().min(1).catch("") });

/** The tokens of an answer of whatever shape: what there is to revoke. Undefined: nothing. */
export function salvage(body: unknown): Tokens | undefined {
  const { access_token: accessToken = "", refresh_token: refreshToken = "" } = tokens.safeParse(body).data ?? {};
  if (!accessToken && !refreshToken) return undefined;
  return { ...(accessToken && { accessToken }), ...(refreshToken && { refreshToken }) };
}

/** By the error's name, never by 400 or 401: these differ from provider to provider. */
function refusal(status: number, body: z.infer<typeof errorAnswer>, spec: OAuthSpec): ConnectError {
  const error = { status, error: body.error, description: body.error_description ?? body.reason ?? "" };
  const rejects = spec.rejects ?? ((failure) => failure.error === "invalid_grant");
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
export function keepTokens(answer: TokenAnswer, place: Notes, now: Date): Credentials {
  if (answer.access_token === undefined) {
    throw new ConnectError("provider_misbehaved", "a token answer without an access token");
  }
  const expiresAt = endOf(answer.expires_in, now);
  const refreshExpiresAt = endOf(answer.refresh_token_expires_in, now);
  return {
    accessToken: answer.access_token,
    ...(answer.refresh_token ? { refreshToken: answer.refresh_token } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(refreshExpiresAt === undefined ? {} : { refreshExpiresAt }),
    place,
  };
}

const tenYears = 315_360_000;
const endOfCalendar = Date.UTC(9999, 11, 31);

/**
 * `expires_in` as a moment. Some servers put a Unix time there: what is past ten years is read as one. Zero, a negative
 * number, no number or a year of five digits tell nothing, and then the token counts as ending now: it is renewed before
 * its first use.
 */
function endOf(expiresIn: number | null | undefined, now: Date): Date | undefined {
  if (expiresIn === null || expiresIn === undefined) return undefined;
  const end = expiresIn > tenYears ? expiresIn * 1000 : now.getTime() + expiresIn * 1000;
  return expiresIn > 0 && end < endOfCalendar ? new Date(end) : now;
}

const mostScopes = 500;
const scopeName = /^[\x21-\x7e]{1,255}$/;

/** A scope text as a list. Providers separate by spaces or commas. What cannot be a scope (RFC 6749 3.3) is none. */
export function readScopes(scope: string | null | undefined): string[] {
  return (scope ?? "")
    .split(/[\s,]+/)
    .filter((part) => scopeName.test(part))
    .slice(0, mostScopes);
}
