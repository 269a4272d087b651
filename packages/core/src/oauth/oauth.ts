import { ConnectError } from "../errors.ts";
import { NoResponseError, type ProviderHttp } from "../http/index.ts";
import type {
  FormValues,
  Credentials,
  CredentialPayload,
  ProviderState,
  Provider,
  Step,
  FlowContext,
} from "../provider.ts";
import { newSecret } from "../vault/index.ts";
import { normalizeAccount } from "../account.ts";
import { s256 } from "./pkce.ts";
import { resolveSetting } from "./setting.ts";
import type { OAuthClient, OAuthSpec } from "./spec.ts";
import { parseFirstTokens, refreshTokens, rejectionMeansDead } from "./refresh.ts";
import { parseGrantedScopes } from "./token-fields.ts";
import { requestToken, salvageTokens, InvalidTokenResponseError } from "./token.ts";
import type { TokenResponse } from "./token-response.ts";

type OAuthDeps = { spec: OAuthSpec; client: OAuthClient; http: ProviderHttp };

/** A provider from its spec: the authorization code grant (RFC 6749 4.1), with refresh (6) and revocation. */
export function oauth(spec: OAuthSpec, client: OAuthClient, http: ProviderHttp): Provider {
  const parts = { spec, client, http };
  const { verifyResponse, parseInstallRequest, revoke, identify, issuers } = spec;
  return {
    ...buildConnectedProvider(parts),
    id: spec.id,
    name: spec.name,
    description: spec.description,
    fields: spec.fields ?? [],
    methods: ["redirect"],
    grants: spec.grants,
    client: { id: client.id, mode: client.mode },
    redirectUri: client.redirectUri,
    begin: async (context, answers) => buildAuthorizationRequest(parts, context, answers),
    resume: (context, notes, answers) => exchangeAndIdentify(parts, { context, notes, answers }),
    ...(issuers && { issuers: resolveSetting(issuers, client) }),
    ...(verifyResponse && { verifyResponse: (returned, now) => verifyResponse(returned, client, now) }),
    ...(parseInstallRequest && { parseInstallRequest: (request, now) => parseInstallRequest(request, client, now) }),
    ...(spec.refresh !== "none" && { refresh: (credentials) => refreshTokens(parts, credentials) }),
    ...(spec.refresh === "rotating" && !spec.refreshTokenReusable && { singleUseRefreshToken: true }),
    identify: async (credentials) => normalizeAccount(await identify({ http, client, credentials })),
    ...(revoke && { revoke: (credentials) => revoke({ http, client, credentials }) }),
    ...(spec.accessSeconds && { accessSeconds: spec.accessSeconds }),
    manageUrl: (metadata) => resolveSetting(spec.manageUrl, client, metadata),
    ...(spec.revokesWithAccessToken && { revokesWithAccessToken: true }),
  };
}

type ConnectedProvider = Pick<
  Provider,
  "buildPayload" | "introspect" | "probe" | "webhooks" | "subscribe" | "unsubscribe"
>;

/** What a connection needs once it stands. */
function buildConnectedProvider({ spec, client, http }: OAuthDeps): ConnectedProvider {
  const { introspect, probe, subscribe, unsubscribe } = spec;
  const webhooks = client.webhook && spec.webhooks?.(client, http);
  return {
    buildPayload: (credentials) => buildPayload({ spec, client, http }, credentials),
    ...(introspect && { introspect: (credentials) => introspect({ http, client, credentials }) }),
    ...(probe && { probe: (credentials) => rejectionMeansDead(probe({ http, client, credentials })) }),
    ...(webhooks && { webhooks }),
    ...(webhooks &&
      subscribe && { subscribe: (held, address) => subscribe({ http, client, credentials: held }, address) }),
    ...(webhooks &&
      unsubscribe && { unsubscribe: (held, address) => unsubscribe({ http, client, credentials: held }, address) }),
  };
}

/** What a back end gets: the access token and how to use it, or what the spec says. */
function buildPayload({ spec, client, http }: OAuthDeps, credentials: Credentials): CredentialPayload {
  const { accessToken, metadata } = credentials;
  const { baseUrl: documented, tokenHeader } = resolveSetting(spec.api, client, metadata);
  const baseUrl = http.resolveUrl(documented).href.replace(/\/$/, "");
  if (spec.buildPayload) return spec.buildPayload(credentials, client, baseUrl);
  if (accessToken === undefined) throw new ConnectError("needs_reconnect", "there is no access token");
  const headers: Record<string, string> =
    tokenHeader === undefined ? { Authorization: `Bearer ${accessToken}` } : { [tokenHeader]: accessToken };
  return { type: "bearer", accessToken, metadata, api: { baseUrl, headers } };
}

function buildAuthorizationRequest(
  { spec, client, http }: OAuthDeps,
  context: FlowContext & { state: string },
  answers: FormValues,
): Step {
  const place = spec.metadataOf?.(answers) ?? {};
  const verifier = spec.pkce ? newSecret() : undefined;
  const to = http.resolveUrl(resolveSetting(spec.endpoints, client, place).authorize);
  const query = {
    client_id: client.id,
    ...resolveSetting(spec.authorization, client),
    redirect_uri: context.redirectUri,
    state: context.state,
    ...(verifier && { code_challenge: s256(verifier), code_challenge_method: "S256" }),
  };
  // Form encoding writes a space as "+". Read as a URI that is a plus, and some servers do read it so.
  to.search = new URLSearchParams(query).toString().replaceAll("+", "%20");
  return { type: "redirect", to, notes: { ...place, ...(verifier && { verifier }) } };
}

async function exchangeAndIdentify(
  parts: OAuthDeps,
  step: { context: FlowContext; notes: ProviderState; answers: FormValues },
): Promise<Step> {
  const { spec, client, http } = parts;
  const { verifier, ...place } = step.notes;
  let held: Credentials | undefined;
  let scopes: string[] | undefined;
  try {
    const answer = await exchangeCode(parts, {
      code: step.answers["code"] ?? "",
      verifier,
      place,
      context: step.context,
    });
    held = withMetadata(salvageTokens(answer), place);
    scopes = parseGrantedScopes(answer.scope);
    held = (await spec.buildCredentials?.(answer, client, http)) ?? parseFirstTokens(answer, place, spec);
    if (spec.refresh === "rotating") requireRefreshToken(held, spec);
    // An answer without a scope grants what was asked for (RFC 6749 5.1).
    const missing = scopes === undefined ? [] : (spec.missingScopes?.(scopes, client) ?? []);
    const account = normalizeAccount(await spec.identify({ http, client, credentials: held }));
    return { type: "connected", grant: { account, credentials: held, scopes: scopes ?? [], missing } };
  } catch (cause) {
    if (cause instanceof InvalidTokenResponseError) held = withMetadata(cause.tokens, place);
    if (held === undefined) throw cause;
    // Whatever went wrong, even a bug of ours: the grant is live and has to be ended.
    const failure =
      cause instanceof ConnectError ? cause : new ConnectError("provider_misbehaved", "identify failed", { cause });
    return { type: "orphaned", credentials: held, scopes: scopes ?? [], failure };
  }
}

function withMetadata(tokens: ReturnType<typeof salvageTokens>, place: ProviderState): Credentials | undefined {
  return tokens && { ...tokens, metadata: place };
}

type CodeExchange = { code: string; verifier: string | undefined; place: ProviderState; context: FlowContext };

async function exchangeCode(
  parts: OAuthDeps,
  { code, verifier, place, context }: CodeExchange,
): Promise<TokenResponse> {
  const fields = parts.spec.exchange?.(code) ?? {
    grant_type: "authorization_code",
    code,
    redirect_uri: context.redirectUri,
  };
  try {
    return await requestToken(parts, { ...fields, ...(verifier && { code_verifier: verifier }) }, place);
  } catch (failure) {
    if (!(failure instanceof NoResponseError)) throw failure;
    throw new ConnectError("outcome_unknown", `${parts.spec.name} did not answer a code exchange`, { cause: failure });
  }
}

function requireRefreshToken(credentials: Credentials, spec: OAuthSpec): void {
  if (credentials.refreshToken !== undefined || (spec.mayLackExpiry && credentials.expiresAt === undefined)) return;
  throw new ConnectError("provider_misbehaved", `${spec.name} granted access without a refresh token`);
}
