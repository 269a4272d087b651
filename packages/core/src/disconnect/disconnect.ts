import type { Caller } from "../connect/index.ts";
import { getProvider, type Registry } from "../registry.ts";
import { isAccountPaused } from "../credentials/index.ts";
import type { Revocation } from "../provider.ts";
import type { ServiceScope } from "../service-access.ts";
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
  id: number;
  provider: string;
  label: string;
  /** The account's details. */
  details: Readonly<Record<string, string>>;
  credential: string | undefined;
}

/**
 * Removes connections in the database. If a connection was the last one of its credential, the credential is also marked as
 * disconnecting, and the job that revokes it is added, all in one transaction.
 */
export interface ConnectionRemoval {
  /** Removes the caller's connection. Throws `unauthenticated` or `connection_unknown`. */
  removeConnection(
    caller: Caller,
    connection: { id: number; provider: string | undefined },
  ): Promise<RemovedConnection>;
  /** Removes a connection that a service key sees. Throws `connection_unknown`. */
  removeInScope(scope: ServiceScope, id: number): Promise<RemovedConnection>;
  /** Removes a connection of a user who is erased, the oldest first. Undefined: there is none left. */
  removeOfUser(user: string, actor: string): Promise<RemovedConnection | undefined>;
}

/** What ends the access to a removed connection. */
export interface DisconnectDeps {
  removals: ConnectionRemoval;
  revoker: Revoker;
  registry: Registry;
}

/**
 * Disconnects: the connection is removed at once, whatever the provider answers. The access is revoked at the provider now if
 * it answers, and otherwise by the job.
 */
export function createDisconnect(deps: DisconnectDeps) {
  const { removals, registry } = deps;
  return async (caller: Caller, connection: { id: number; provider: string | undefined }): Promise<Receipt> => {
    if (connection.provider !== undefined && !registry.has(connection.provider))
      getProvider(registry, connection.provider);
    return await endAccess(deps, await removals.removeConnection(caller, connection));
  };
}

/** Disconnects a connection that a service key sees. Throws `connection_unknown`. */
export function createServiceDisconnect(deps: DisconnectDeps) {
  return async (scope: ServiceScope, id: number): Promise<Receipt> =>
    await endAccess(deps, await deps.removals.removeInScope(scope, id));
}

/** Revokes the access of a connection that was removed. Gives the receipt; it never throws what a provider answers. */
export async function endAccess(
  { revoker, registry }: Pick<DisconnectDeps, "revoker" | "registry">,
  { id, credential, label, details, provider }: RemovedConnection,
): Promise<Receipt> {
  const manageUrl = registry.get(provider)?.provider?.manageUrl?.(details);
  const { webhooks, ...outcome } = await revokeOrRetry(revoker, credential, manageUrl);
  return { id, provider, label, revocations: [outcome], ...(webhooks && { webhooks }) };
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

/** Disconnects a connection for a service key. */
export type ServiceDisconnect = ReturnType<typeof createServiceDisconnect>;
