import { ConnectError } from "../errors.ts";
import { Unanswered, type Gate } from "../http/index.ts";
import type { Answers, Credentials, Handed, Notes, Provider, Step, Walk } from "../provider.ts";
import { newSecret } from "../vault/index.ts";
import { tidyAccount } from "./account.ts";
import { s256 } from "./pkce.ts";
import type { OAuthClient, OAuthSpec } from "./spec.ts";
import { readFirstTokens, refresh, refusalIsDeath } from "./refresh.ts";
import { readGranted } from "./token-fields.ts";
import { requestToken, salvage, UnusableAnswer, type TokenAnswer } from "./token.ts";

type Parts = { spec: OAuthSpec; client: OAuthClient; http: Gate };

/** A provider from its spec: the authorization code grant (RFC 6749 4.1), with refresh (6) and revocation. */
export function oauth(spec: OAuthSpec, client: OAuthClient, http: Gate): Provider {
  const parts = { spec, client, http };
  const { verify, install, revoke, identify, issuers } = spec;
  return {
    ...staying(parts),
    id: spec.id,
    name: spec.name,
    gives: spec.gives,
    opening: spec.opening ?? [],
    ways: ["redirect"],
    grants: spec.grants,
    client: { id: client.id, mode: client.mode },
    redirectUri: client.redirectUri,
    begin: async (walk, answers) => begin(parts, walk, answers),
    resume: (walk, notes, answers) => resume(parts, { walk, notes, answers }),
    ...(issuers && { issuers: issuers(client) }),
    ...(verify && { verify: (returned, now) => verify(returned, client, now) }),
    ...(install && { readInstall: (request, now) => install(request, client, now) }),
    ...(spec.refresh !== "none" && { refresh: (credentials) => refresh(parts, credentials) }),
    ...(spec.refresh === "rotating" && !spec.forgives && { rotatesStrictly: true }),
    identify: async (credentials) => tidyAccount(await identify({ http, client, credentials })),
    ...(revoke && { revoke: (credentials) => revoke({ http, client, credentials }) }),
    ...(spec.accessSeconds && { accessSeconds: spec.accessSeconds }),
    lookAt: (facts) => spec.lookAt(client, facts),
    ...(spec.revokesWithAccessToken && { revokesWithAccessToken: true }),
  };
}

type Staying = Pick<Provider, "hand" | "introspect" | "probe" | "webhooks" | "subscribe" | "unsubscribe">;

/** What a connection needs once it stands. */
function staying({ spec, client, http }: Parts): Staying {
  const { introspect, probe, subscribe, unsubscribe } = spec;
  const webhooks = client.webhook && spec.webhooks?.(client, http);
  return {
    hand: (credentials) => spec.hand?.(credentials, client) ?? handToken(credentials),
    ...(introspect && { introspect: (credentials) => introspect({ http, client, credentials }) }),
    ...(probe && { probe: (credentials) => refusalIsDeath(probe({ http, client, credentials })) }),
    ...(webhooks && { webhooks }),
    ...(webhooks &&
      subscribe && { subscribe: (held, address) => subscribe({ http, client, credentials: held }, address) }),
    ...(webhooks &&
      unsubscribe && { unsubscribe: (held, address) => unsubscribe({ http, client, credentials: held }, address) }),
  };
}

function handToken({ accessToken, place }: Credentials): Handed {
  if (accessToken === undefined) throw new ConnectError("needs_reconnect", "there is no access token");
  return { type: "bearer", accessToken, place };
}

function begin({ spec, client, http }: Parts, walk: Walk & { state: string }, answers: Answers): Step {
  const place = spec.place?.(answers) ?? {};
  const verifier = spec.pkce ? newSecret() : undefined;
  const to = http.at(spec.endpoints(client, place).authorize);
  const query = {
    client_id: client.id,
    ...spec.authorization(client),
    redirect_uri: walk.redirectUri,
    state: walk.state,
    ...(verifier && { code_challenge: s256(verifier), code_challenge_method: "S256" }),
  };
  // Form encoding writes a space as "+". Read as a URI that is a plus, and some servers do read it so.
  to.search = new URLSearchParams(query).toString().replaceAll("+", "%20");
  return { type: "redirect", to, notes: { ...place, ...(verifier && { verifier }) } };
}

async function resume(parts: Parts, step: { walk: Walk; notes: Notes; answers: Answers }): Promise<Step> {
  const { spec, client, http } = parts;
  const { verifier, ...place } = step.notes;
  let held: Credentials | undefined;
  let scopes: string[] | undefined;
  try {
    const answer = await exchange(parts, { code: step.answers["code"] ?? "", verifier, place, walk: step.walk });
    held = withPlace(salvage(answer), place);
    scopes = readGranted(answer.scope);
    held = (await spec.keep?.(answer, client, http)) ?? readFirstTokens(answer, place, spec);
    if (spec.refresh === "rotating") requireRefreshToken(held, spec);
    // An answer without a scope grants what was asked for (RFC 6749 5.1).
    const missing = scopes === undefined ? [] : spec.missing(scopes, client);
    const account = tidyAccount(await spec.identify({ http, client, credentials: held }));
    return { type: "connected", grant: { account, credentials: held, scopes: scopes ?? [], missing } };
  } catch (cause) {
    if (cause instanceof UnusableAnswer) held = withPlace(cause.tokens, place);
    if (held === undefined) throw cause;
    // Whatever went wrong, even a bug of ours: the grant is live and has to be ended.
    const failure =
      cause instanceof ConnectError ? cause : new ConnectError("provider_misbehaved", "identify failed", { cause });
    return { type: "stranded", credentials: held, scopes: scopes ?? [], failure };
  }
}

function withPlace(tokens: ReturnType<typeof salvage>, place: Notes): Credentials | undefined {
  return tokens && { ...tokens, place };
}

type Exchange = { code: string; verifier: string | undefined; place: Notes; walk: Walk };

async function exchange(parts: Parts, { code, verifier, place, walk }: Exchange): Promise<TokenAnswer> {
  const fields = parts.spec.exchange?.(code) ?? {
    grant_type: "authorization_code",
    code,
    redirect_uri: walk.redirectUri,
  };
  try {
    return await requestToken(parts, { ...fields, ...(verifier && { code_verifier: verifier }) }, place);
  } catch (failure) {
    if (!(failure instanceof Unanswered)) throw failure;
    throw new ConnectError("outcome_unknown", `${parts.spec.name} did not answer a code exchange`, { cause: failure });
  }
}

function requireRefreshToken(credentials: Credentials, spec: OAuthSpec): void {
  if (credentials.refreshToken !== undefined || (spec.mayNotEnd && credentials.expiresAt === undefined)) return;
  throw new ConnectError("provider_misbehaved", `${spec.name} granted access without a refresh token`);
}
