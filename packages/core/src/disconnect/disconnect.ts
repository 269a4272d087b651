import type { Caller } from "../connect/index.ts";
import { getProvider, type Registry } from "../registry.ts";
import { isAccountPaused } from "../credentials/index.ts";
import type { Revocation } from "../provider.ts";
import type { RevocationResult, Revoker } from "./revoke.ts";

/**
 * What became of the access at the provider. What a later try may not be able to end, the user can look for already:
 * nobody will be there to be told.
 */
export type DisconnectOutcome = Revocation | Retrying | { outcome: "shared" };

/** `reason`: the account is closed at the provider, and its access can be ended once it is open again. */
interface Retrying {
  outcome: "retrying";
  manageUrl?: string;
  reason?: "account_paused";
}

/** What the user gets for a disconnect. */
export interface Receipt {
  id: number;
  provider: string;
  label: string;
  revocations: DisconnectOutcome[];
  /** The provider has no address of ours for the account's events any more. Absent: it is not asked, refused, or not yet. */
  webhooks?: "removed";
}

/** A connection that was just removed. `credential` is absent where others still use the account. */
export interface RemovedConnection {
  label: string;
  /** The account's details. */
  details: Readonly<Record<string, string>>;
  credential: string | undefined;
}

export interface ConnectionRemoval {
  /**
   * Removes the caller's connection and, where it was the last of its credential, marks that as disconnecting and adds
   * the job that will revoke it, all in one transaction. Throws `unauthenticated` or `connection_unknown`.
   */
  removeConnection(
    caller: Caller,
    connection: { id: number; provider: string | undefined },
  ): Promise<RemovedConnection & { provider: string }>;
}

/**
 * Disconnects: the connection is gone at once, whatever the provider says. The access is ended at the provider now if it
 * answers, otherwise by the job.
 */
export function createDisconnect({
  departures,
  revoker,
  registry,
}: {
  departures: ConnectionRemoval;
  revoker: Revoker;
  registry: Registry;
}) {
  return async (caller: Caller, connection: { id: number; provider: string | undefined }): Promise<Receipt> => {
    if (connection.provider !== undefined && !registry.has(connection.provider))
      getProvider(registry, connection.provider);
    const { credential, label, details, provider } = await departures.removeConnection(caller, connection);
    const manageUrl = registry.get(provider)?.provider?.manageUrl?.(details);
    const { webhooks, ...outcome } = await revokeOrRetry(revoker, credential, manageUrl);
    return { id: connection.id, provider, label, revocations: [outcome], ...(webhooks && { webhooks }) };
  };
}

async function revokeOrRetry(
  revoker: Revoker,
  credential: string | undefined,
  manageUrl: string | undefined,
): Promise<DisconnectOutcome & Pick<RevocationResult, "webhooks">> {
  if (credential === undefined) return { outcome: "shared" };
  return await revoker.revoke(credential).catch((failure: unknown): Retrying => ({
    outcome: "retrying",
    ...(manageUrl !== undefined && { manageUrl }),
    ...(isAccountPaused(failure) && { reason: "account_paused" }),
  }));
}

export type Disconnect = ReturnType<typeof createDisconnect>;
