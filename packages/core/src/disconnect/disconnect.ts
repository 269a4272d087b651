import type { Caller } from "../connect/index.ts";
import { getProvider, type Registry } from "../registry.ts";
import { isAccountPaused } from "../credentials/index.ts";
import type { Revocation } from "../provider.ts";
import type { RevocationResult, Revoker } from "./revoke.ts";

/**
 * What became of the access at the provider. `manageUrl` shows the user where to end it themselves: the result of a later
 * try is not shown to them.
 */
export type DisconnectOutcome = Revocation | Retrying | { outcome: "shared" };

/** A job will try again. `reason`: the account is closed at the provider, and can be revoked once it is open again. */
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
  /** Our webhook address for the account was removed. Absent: there was none, the provider refused, or a job will do it. */
  webhooks?: "removed";
}

/** A connection that was just removed. `credential` is absent if other users still use the account. */
export interface RemovedConnection {
  label: string;
  /** The account's details. */
  details: Readonly<Record<string, string>>;
  credential: string | undefined;
}

/** Removes connections in the database. */
export interface ConnectionRemoval {
  /**
   * Removes the caller's connection. If it was the last one of its credential, it also marks the credential as
   * disconnecting and adds the job that revokes it, all in one transaction. Throws `unauthenticated` or `connection_unknown`.
   */
  removeConnection(
    caller: Caller,
    connection: { id: number; provider: string | undefined },
  ): Promise<RemovedConnection & { provider: string }>;
}

/**
 * Disconnects: the connection is removed at once, whatever the provider answers. The access is revoked at the provider now if
 * it answers, and otherwise by the job.
 */
export function createDisconnect({
  removals,
  revoker,
  registry,
}: {
  removals: ConnectionRemoval;
  revoker: Revoker;
  registry: Registry;
}) {
  return async (caller: Caller, connection: { id: number; provider: string | undefined }): Promise<Receipt> => {
    if (connection.provider !== undefined && !registry.has(connection.provider))
      getProvider(registry, connection.provider);
    const { credential, label, details, provider } = await removals.removeConnection(caller, connection);
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

/** Disconnects a connection of the caller. */
export type Disconnect = ReturnType<typeof createDisconnect>;
