import { createHash } from "node:crypto";
import { asConnectError, ConnectError } from "../errors.ts";
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
import { findMissingScopes, listAskedScopes, listNeededScopes, listRequiredScopes, readGranted } from "./scopes.ts";
import { resolveSetting } from "./setting.ts";
import type { OAuthClient, OAuthDeps, OAuthSpec } from "./spec.ts";
import { parseFirstTokens, refreshTokens, rejectionMeansDead } from "./refresh.ts";
import { parseGrantedScopes, parseScopes } from "./token-fields.ts";
import { requestToken, salvageTokens, InvalidTokenResponseError } from "./token.ts";
import type { TokenResponse } from "./token-response.ts";

/** A provider from its spec: the authorization code grant (RFC 6749 4.1), with refresh (6) and revocation. */
export function oauth(spec: OAuthSpec, client: OAuthClient, http: ProviderHttp): Provider {
  const deps = { spec, client, http };
  const { verifyResponse, parseInstallRequest, revoke, identify, issuers } = spec;
  return {
    ...buildConnectedProvider(deps),
    id: spec.id,
    name: spec.name,
    fields: spec.fields ?? [],
    methods: ["redirect"],
    grants: spec.grants,
    client: { id: client.id, mode: client.mode },
    redirectUri: client.redirectUri,
    neededScopes: listNeededScopes(spec.scopes, listAskedScopes(spec.scopes, client)),
    begin: async (context, values) => buildAuthorizationRequest(deps, context, values),
    resume: (context, providerState, values) => exchangeAndIdentify(deps, { context, providerState, values }),
    ...(issuers && { issuers: resolveSetting(issuers, client) }),
    ...(verifyResponse && { verifyResponse: (response, now) => verifyResponse(response, client, now) }),
    ...(parseInstallRequest && { parseInstallRequest: (request, now) => parseInstallRequest(request, client, now) }),
    ...(spec.refresh !== "none" && { refresh: (credentials) => refreshTokens(deps, credentials) }),
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

/** What an account needs once it is connected. */
function buildConnectedProvider({ spec, client, http }: OAuthDeps): ConnectedProvider {
  const { introspect, probe, subscribe, unsubscribe } = spec;
  const resolveBaseUrl = createBaseUrlResolver(http);
  const webhooks = client.webhook && spec.webhooks?.(client, http);
  return {
    buildPayload: (credentials) => buildPayload({ spec, client, resolveBaseUrl }, credentials),
    ...(introspect && { introspect: (credentials) => introspect({ http, client, credentials }) }),
    ...(probe && {
      probe: async (credentials) => {
        await rejectionMeansDead(probe({ http, client, credentials }));
      },
    }),
    ...(webhooks && { webhooks }),
    ...(webhooks &&
      subscribe && { subscribe: (credentials, address) => subscribe({ http, client, credentials }, address) }),
    ...(webhooks &&
      unsubscribe && { unsubscribe: (credentials, address) => unsubscribe({ http, client, credentials }, address) }),
  };
}

/** What a back end gets: the access token and how to use it, or what the spec says. */
function buildPayload(
  {
    spec,
    client,
    resolveBaseUrl,
  }: Pick<OAuthDeps, "spec" | "client"> & { resolveBaseUrl: (documented: string) => string },
  credentials: Credentials,
): CredentialPayload {
  const { accessToken, metadata } = credentials;
  const { baseUrl: documented, tokenHeader } = resolveSetting(spec.api, client, metadata);
  const baseUrl = resolveBaseUrl(documented);
  if (spec.buildPayload) return spec.buildPayload(credentials, client, baseUrl);
  if (accessToken === undefined) throw new ConnectError("needs_reconnect", "there is no access token");
  const headers: Record<string, string> =
    tokenHeader === undefined ? { Authorization: `Bearer ${accessToken}` } : { [tokenHeader]: accessToken };
  return { type: "bearer", accessToken, metadata, api: { baseUrl, headers } };
}

/**
 * Gives the address at which an API is reached, without a slash at its end. It remembers the last one, because most accounts
 * of a provider share it, and a URL is parsed for no other token request then.
 */
function createBaseUrlResolver(http: ProviderHttp) {
  let last: { documented: string; baseUrl: string } | undefined;
  return (documented: string): string => {
    if (last?.documented !== documented)
      last = { documented, baseUrl: http.resolveUrl(documented).href.replace(/\/$/, "") };
    return last.baseUrl;
  };
}

function buildAuthorizationRequest(
  { spec, client, http }: OAuthDeps,
  context: FlowContext & { state: string },
  values: FormValues,
): Step {
  const metadata = spec.metadataOf?.(values) ?? {};
  const verifier = spec.pkce ? newSecret() : undefined;
  const asked = listAskedScopes(spec.scopes, client, context.scopes);
  const { separator } = spec.scopes;
  const url = http.resolveUrl(resolveSetting(spec.endpoints, client, metadata).authorize);
  const query = {
    client_id: client.id,
    ...resolveSetting(spec.authorization, client),
    ...(separator && asked.length > 0 && { scope: asked.join(separator) }),
    redirect_uri: context.redirectUri,
    state: context.state,
    ...(verifier && { code_challenge: s256(verifier), code_challenge_method: "S256" }),
  };
  // Form encoding writes a space as "+". In a URI that is a plus, and some servers read it as one.
  url.search = new URLSearchParams(query).toString().replaceAll("+", "%20");
  return {
    type: "redirect",
    to: url,
    providerState: { ...metadata, ...(verifier && { verifier }), scopes: asked.join(" ") },
  };
}

/** The S256 challenge of a verifier (RFC 7636 4.2). */
function s256(verifier: string): string {
  return createHash("sha256").update(verifier, "ascii").digest("base64url");
}

async function exchangeAndIdentify(
  deps: OAuthDeps,
  { context, providerState, values }: { context: FlowContext; providerState: ProviderState; values: FormValues },
): Promise<Step> {
  const { spec, client, http } = deps;
  const { verifier, scopes: kept, ...metadata } = providerState;
  const asked = kept === undefined ? listAskedScopes(spec.scopes, client) : parseScopes(kept);
  let credentials: Credentials | undefined;
  let scopes: readonly string[] = [];
  try {
    const response = await exchangeCode(deps, { code: values["code"] ?? "", verifier, metadata, context });
    credentials = withMetadata(salvageTokens(response), metadata);
    scopes = readGranted(spec.scopes, asked, parseGrantedScopes(response.scope));
    credentials = (await spec.buildCredentials?.(response, client, http)) ?? parseFirstTokens(response, metadata, spec);
    if (spec.refresh === "rotating") requireRefreshToken(credentials, spec);
    const missing = findMissingScopes(listRequiredScopes(spec.scopes, asked), scopes);
    const account = normalizeAccount(await spec.identify({ http, client, credentials }));
    return { type: "connected", grant: { account, credentials, scopes, missing } };
  } catch (cause) {
    if (cause instanceof InvalidTokenResponseError) credentials = withMetadata(cause.tokens, metadata);
    if (credentials === undefined) throw cause;
    // Whatever went wrong, even a bug of ours: the grant is live and has to be ended.
    const failure = asConnectError(cause, `the account at ${spec.name} could not be identified`);
    return { type: "orphaned", credentials, scopes, failure };
  }
}

function withMetadata(tokens: ReturnType<typeof salvageTokens>, metadata: ProviderState): Credentials | undefined {
  return tokens && { ...tokens, metadata };
}

type CodeExchange = { code: string; verifier: string | undefined; metadata: ProviderState; context: FlowContext };

async function exchangeCode(
  deps: OAuthDeps,
  { code, verifier, metadata, context }: CodeExchange,
): Promise<TokenResponse> {
  const fields = deps.spec.exchange?.(code) ?? {
    grant_type: "authorization_code",
    code,
    redirect_uri: context.redirectUri,
  };
  try {
    return await requestToken(deps, { ...fields, ...(verifier && { code_verifier: verifier }) }, metadata);
  } catch (failure) {
    if (!(failure instanceof NoResponseError)) throw failure;
    throw new ConnectError("outcome_unknown", `${deps.spec.name} did not answer a code exchange`, { cause: failure });
  }
}

function requireRefreshToken(credentials: Credentials, spec: OAuthSpec): void {
  if (credentials.refreshToken !== undefined || (spec.mayLackExpiry && credentials.expiresAt === undefined)) return;
  throw new ConnectError("provider_misbehaved", `${spec.name} granted access without a refresh token`);
}
