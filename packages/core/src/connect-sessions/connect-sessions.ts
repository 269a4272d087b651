import { createHmac, randomUUID } from "node:crypto";
import { ConnectError } from "../errors.ts";
import type { Permission } from "../provider.ts";
import type { Registry } from "../registry.ts";
import { fingerprint, isSecret, newSecret } from "../vault/index.ts";
import type {
  BackEnd,
  ConnectSessionRequest,
  ConnectSessionState,
  ConnectSessionStore,
  StoredVisit,
} from "./connect-session-store.ts";
import { parseSessionReturnUrl } from "./return-url.ts";
import { connectSessionToken } from "./session-token.ts";

const tokenPrefix = "pbcs_";

/** What connect sessions need. */
export interface ConnectSessionsDeps {
  store: ConnectSessionStore;
  registry: Registry;
  /** Our origin. */
  publicUrl: URL;
  /** Where sessions may return to. */
  returnUrls: readonly URL[];
  /** Makes the tokens of links from their sessions' ids, so that a repetition of a request gets the same link. */
  linkSecret: Buffer;
  /** What the product is called. */
  product: string;
}

/** A visit as its user's page sees it. */
export interface ConnectVisit extends Omit<StoredVisit, "scopes"> {
  product: string;
  /** What the user allows at each provider. */
  permissions: Readonly<Record<string, readonly Permission[]>>;
}

/** A connect session as its back end gets it: the link is in no other answer. */
export interface CreatedConnectSession extends ConnectSessionState {
  token: string;
  url: string;
}

/** Creates what back ends and pages do with connect sessions. */
export function createConnectSessions(deps: ConnectSessionsDeps) {
  const { store } = deps;
  return {
    /** Creates a session, and the link to it. Throws `invalid_request` and the errors of the store. */
    create: (backEnd: BackEnd, request: ConnectSessionRequest, idempotencyKey?: string) =>
      createSession(deps, { backEnd, request, idempotencyKey }),
    /**
     * Opens a link in a browser. Gives the secret of the browser's cookie; undefined: the browser has opened it before, and
     * keeps its cookie. Throws `connect_session_unknown` and `session_opened_elsewhere`.
     */
    openLink: (token: string, currentSession: string | undefined) => openLink(store, token, currentSession),
    /** Gets the visit of a live session. Throws `unauthenticated`. */
    getVisit: async (sessionToken: string): Promise<ConnectVisit> =>
      describeVisit(deps, await store.getVisit(sessionToken)),
    /** Tells how a session of an application stands. Throws `connect_session_unknown`. */
    getStatus: (application: string, id: string) => store.getStatus(application, id),
    /** Ends a session with all its attempts. What was connected stays. Throws `connect_session_unknown`. */
    cancel: (application: string, id: string) => store.cancel(application, id),
  };
}

/** See `createConnectSessions`. */
export type ConnectSessions = ReturnType<typeof createConnectSessions>;

type Creation = { backEnd: BackEnd; request: ConnectSessionRequest; idempotencyKey: string | undefined };

async function createSession(
  deps: ConnectSessionsDeps,
  { backEnd, request, idempotencyKey }: Creation,
): Promise<CreatedConnectSession> {
  const { store, linkSecret, publicUrl } = deps;
  const returnUrl = readReturnUrl(deps, request.returnUrl);
  for (const [provider, scopes] of Object.entries(request.scopes)) assertScopes(deps.registry, provider, scopes);
  const id = `cs_${newSecret().slice(0, 27)}`;
  const idempotency =
    idempotencyKey === undefined
      ? null
      : { key: idempotencyKey, requestHash: fingerprint(JSON.stringify(sortKeys(request))) };
  const state = await store.create({
    ...request,
    ...backEnd,
    returnUrl,
    id,
    idempotency,
    tokenHash: fingerprint(linkToken(linkSecret, id)),
    newUserId: randomUUID(),
  });
  const token = linkToken(linkSecret, state.id);
  // In the fragment: browsers send it to nobody, so that no log, referrer or mail scanner has it.
  return { ...state, token, url: `${publicUrl.origin}/connect#${token}` };
}

function readReturnUrl({ returnUrls }: ConnectSessionsDeps, text: string | null): string | null {
  if (text === null) return null;
  const returnUrl = parseSessionReturnUrl(text, returnUrls);
  if (returnUrl === undefined)
    throw new ConnectError("invalid_request", "not below one of CONNECT_RETURN_URLS", { field: "returnUrl" });
  return returnUrl.href;
}

function assertScopes(registry: Registry, provider: string, scopes: readonly string[]): void {
  const isScope = registry.get(provider)?.isScope;
  if (isScope !== undefined && scopes.every((scope) => isScope(scope))) return;
  throw new ConnectError("invalid_request", `not scopes that ${provider} can be asked for`, { field: "scopes" });
}

function describeVisit({ product, registry }: ConnectSessionsDeps, visit: StoredVisit): ConnectVisit {
  const { scopes, ...rest } = visit;
  const permissions = visit.providers.map((id) => [id, registry.get(id)?.listPermissions(scopes[id]) ?? []] as const);
  return { product, ...rest, permissions: Object.fromEntries(permissions) };
}

/** 256 bits that nobody can compute without the secret. Token scanners know the prefix. */
function linkToken(linkSecret: Buffer, id: string): string {
  return tokenPrefix + createHmac("sha256", linkSecret).update(`connect session ${id}`).digest("base64url");
}

async function openLink(
  store: ConnectSessionStore,
  token: string,
  currentSession: string | undefined,
): Promise<string | undefined> {
  const isToken = token.startsWith(tokenPrefix) && isSecret(token.slice(tokenPrefix.length));
  if (!isToken) throw new ConnectError("connect_session_unknown", "not a link's token");
  const secret = newSecret();
  const newSession = { id: randomUUID(), token: connectSessionToken(secret) };
  const outcome = await store.openOnce({ tokenHash: fingerprint(token), newSession, currentSession });
  switch (outcome) {
    case "opened":
      return secret;
    case "again":
      return undefined;
    case "opened_elsewhere":
      throw new ConnectError("session_opened_elsewhere", "another browser has opened this link");
    case "unknown":
      throw new ConnectError("connect_session_unknown", "no open session has this token");
  }
}

/** A copy whose keys are in order at every depth: two requests with the same meaning have the same text. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, sortKeys(member)]));
}
