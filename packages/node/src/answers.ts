/** A user's link to an account at a provider. */
export interface Connection {
  id: number;
  provider: string;
  /** What the user knows the account by. */
  label: string;
  email: string | null;
  /** `pending`: made by a link without `returnUrl`, and not approved yet. */
  status: "active" | "needs_reconnect" | "revoked" | "disconnecting" | "pending";
  /** Why it does not work, or what is missing. */
  reason: string | null;
  /** What the user has granted. */
  scopes: string[];
  /** What Patchbay is configured to ask for and the user has not granted. */
  missingScopes: string[];
  details: Record<string, string>;
  /** `id` is the product's own. */
  user: { id: string; name: string | null; email: string | null };
  tenant: { id: string; name: string | null } | null;
  tags: Record<string, string>;
  /** Times are ISO 8601. */
  connectedAt: string;
  lastUsedAt: string | null;
  /** When the access ends unless somebody acts. */
  endsAt: string | null;
}

/** One page of a list. */
export interface ConnectionPage {
  connections: Connection[];
  /** Gets the next page; null on the last one. */
  nextCursor: string | null;
}

/** The API of a provider, ready to use: `fetch(api.baseUrl + path, { headers: api.headers })`. */
export interface Api {
  baseUrl: string;
  headers: Record<string, string>;
}

/** What every answer with a credential has. */
interface Credential {
  connection: number;
  provider: string;
  scopes: string[];
  account: { id: string; label: string; email: string | null };
  /** When it ends; null if it has no known end. */
  expiresAt: string | null;
}

/** What calls a provider's API. Ask for it before each piece of work: the next answer may be another one. */
export type Token = Credential & { api: Api } & (
    | { type: "bearer"; accessToken: string; metadata: Record<string, string> }
    /** Add the platform's own secret key to `api.headers`. */
    | { type: "stripe_account"; stripeAccountId: string; livemode: boolean }
  );

/** A credential that one program holds at a time, until its lease ends. */
export type LentSession = Credential & {
  type: "telegram_session";
  session: string;
  lease: { id: string; until: string };
};

/** What became of an access at its provider. Open `manageUrl` to end by hand what Patchbay could not end. */
export interface Revocation {
  outcome: string;
  manageUrl?: string;
  reason?: string;
}

/** What a disconnect has done. */
export interface Receipt {
  id: number;
  provider: string;
  label: string;
  revocations: Revocation[];
  webhooks?: "removed";
}

/** One visit of one user, for connecting or mending accounts. */
export interface ConnectSession {
  id: string;
  status: "open" | "opened" | "returned" | "connected" | "failed" | "expired";
  /** The code of what went wrong last. */
  failure: string | null;
  /** The connection that came of it. */
  connection: number | null;
  expiresAt: string;
}

/** A connect session that was just made. Send the user's browser to `url`; it opens once. */
export interface CreatedSession extends Pick<ConnectSession, "id" | "status" | "expiresAt"> {
  token: string;
  url: string;
}

/** What `sessions.complete` gives. `created`: false if the connection was there before, and was mended. */
export interface Completion {
  connection: Connection;
  created: boolean;
}

/** What an erasure has done: a receipt for each connection that the user had. */
export interface Erasure {
  receipts: Receipt[];
}
