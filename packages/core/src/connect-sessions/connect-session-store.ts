import type { FailureCode } from "../errors.ts";

/** The product's user, by the product's own id. Name and e-mail address are only shown. */
export interface ExternalUser {
  id: string;
  name: string | null;
  email: string | null;
}

/** The product's own customer, such as an organization. */
export interface Tenant {
  id: string;
  name: string | null;
}

/** What a product's back end asks for. Its shape was parsed before. */
export interface ConnectSessionRequest {
  user: ExternalUser;
  tenant: Tenant | null;
  /** Those that the user may connect. */
  providers: readonly string[];
  /** The connection to reconnect in place: it alone, and the same account. */
  connection: number | null;
  /** Scopes by provider, in place of the configured ones. */
  scopes: Readonly<Record<string, readonly string[]>>;
  tags: Readonly<Record<string, string>>;
  /** Where the browser goes back to. Null: the visit ends on our page, and the connection waits for approval. */
  returnUrl: string | null;
  locale: string | null;
  /** How long the link lasts unopened, and the visit after that. */
  expiresIn: number;
}

/** Who asks: a service key, and the application that it belongs to. */
export interface BackEnd {
  application: string;
  serviceKey: string;
}

/** A connect session that is to be stored. */
export interface NewConnectSession extends ConnectSessionRequest, BackEnd {
  id: string;
  /** SHA-256 of the link's token. */
  tokenHash: Buffer;
  /** Our id of the user, if they are new. */
  newUserId: string;
  /** The key that makes a repetition harmless, and the SHA-256 of the request. */
  idempotency: { key: string; requestHash: Buffer } | null;
}

/** How a connect session stands. A session that ran out before anything was connected is `expired`. */
export interface ConnectSessionState {
  id: string;
  status: "open" | "opened" | "returned" | "connected" | "failed" | "expired";
  /** Why the latest attempt failed. */
  failure: FailureCode | null;
  /** The connection that came of it. */
  connection: number | null;
  /** ISO 8601. */
  expiresAt: string;
}

/** A visit as it is stored. */
export interface StoredVisit {
  id: string;
  user: ExternalUser;
  tenant: Tenant | null;
  providers: string[];
  scopes: Readonly<Record<string, readonly string[]>>;
  returnUrl: string | null;
  /** The connection to reconnect. */
  connection: number | null;
  locale: string | null;
  /** ISO 8601. */
  expiresAt: string;
}

/** What comes of opening a link. `again`: this browser has opened it before. */
export type OpenOutcome = "opened" | "again" | "opened_elsewhere" | "unknown";

/** The browser that opens a link. */
export interface Opening {
  tokenHash: Buffer;
  /** The token of the session that begins, if the link is still unopened. */
  newSession: { id: string; token: string };
  /** The token of the connect session that this browser has. */
  currentSession: string | undefined;
}

/** The connect sessions, stored where every process sees them. Each method is one SQL statement. */
export interface ConnectSessionStore {
  /**
   * Stores a session and its user. A repetition under the same idempotency key gives the session of the first request. Throws
   * `too_many_requests`, `connection_unknown`, and `idempotency_key_reused` for another request under that key.
   */
  create(session: NewConnectSession): Promise<ConnectSessionState>;
  /** Opens a link for one browser, once. */
  openOnce(opening: Opening): Promise<OpenOutcome>;
  /** Gets the visit of a live session. Throws `unauthenticated`. */
  getVisit(sessionToken: string): Promise<StoredVisit>;
  /** Throws `connect_session_unknown`. */
  getStatus(application: string, id: string): Promise<ConnectSessionState>;
  /** Ends a session with all its attempts. What was connected stays. Throws `connect_session_unknown`. */
  cancel(application: string, id: string): Promise<ConnectSessionState>;
}
