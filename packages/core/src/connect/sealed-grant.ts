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

/** A grant with its sealed credential, and with what is to be done for it once it is stored. */
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
 * A grant that the attempt cannot keep. Where the provider keeps one grant for each account and a credential of this
 * account is stored, it takes that one's place; any other is kept only until it is revoked.
 */
export interface OrphanedGrant extends SealedGrant {
  /** Undefined: whose it is was not found out yet. */
  account: Account | undefined;
}
