import { createHmac, randomUUID } from "node:crypto";
import { ConnectError } from "../errors.ts";
import { getProvider, type Registry } from "../registry.ts";
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
export interface ConnectVisit extends StoredVisit {
  product: string;
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
    open: (token: string, currentSession: string | undefined) => openLink(store, token, currentSession),
    /** Gets the visit of a live session. Throws `unauthenticated`. */
    getVisit: async (sessionToken: string): Promise<ConnectVisit> => ({
      product: deps.product,
      ...(await store.getVisit(sessionToken)),
    }),
    getState: store.getState,
    cancel: store.cancel,
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
  getProvider(registry, provider);
  if (scopes.length === 0) throw new ConnectError("invalid_request", "no scopes", { field: "scopes" });
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
  const outcome = await store.open({ tokenHash: fingerprint(token), newSession, currentSession });
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
