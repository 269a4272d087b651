import type { Account } from "../provider.ts";

/** A credential that is to be stored. */
export interface SealedCredential {
  id: string;
  shared: boolean;
  secret: Buffer;
  /** Seconds that the access token lasts, and the refresh token. Undefined: no end is known. */
  expiresInSeconds: number | undefined;
  refreshExpiresInSeconds: number | undefined;
}

/** A grant with its sealed credential, and what is planned for it when it is stored. */
export interface SealedGrant {
  credential: SealedCredential & {
    scopes: readonly string[];
    /** Seconds until its first maintenance. Undefined: never. */
    maintainInSeconds: number | undefined;
    /** Whether the provider is to be told where to send the account's events. */
    subscribesToEvents: boolean;
  };
  provider: string;
  client: { id: string; mode: string };
}

/** A grant that becomes a connection. */
export interface NewGrant extends SealedGrant {
  account: Account;
}

/**
 * A grant that the attempt cannot keep. If the provider keeps one grant for each account and a credential of this
 * account is stored, it replaces that one. Any other is kept only until it is revoked.
 */
export interface OrphanedGrant extends SealedGrant {
  /** Undefined: it is not known yet whose grant it is. */
  account: Account | undefined;
}
