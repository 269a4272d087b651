import type { Caller } from "../connect/index.ts";
import { providerOf, type Registry } from "../connect/index.ts";
import { saysPaused } from "../credentials/index.ts";
import type { Revocation } from "../provider.ts";
import type { Ended, Revoker } from "./revoke.ts";

/**
 * What became of the access at the provider. What a later try may not be able to end, the user can look for already:
 * nobody will be there to be told.
 */
export type Outcome = Revocation | Retrying | { outcome: "shared" };

/** `reason`: the account is closed at the provider, and its access can be ended once it is open again. */
interface Retrying {
  outcome: "retrying";
  lookAt?: string;
  reason?: "account_paused";
}

/** What the user gets for a disconnect. */
export interface Receipt {
  id: number;
  provider: string;
  label: string;
  revocations: Outcome[];
  /** The provider has no address of ours for the account's events any more. Absent: it is not asked, refused, or not yet. */
  webhooks?: "removed";
}

/** A connection that was just removed. `credential` is absent where others still use the account. */
export interface Departure {
  label: string;
  /** The account's details. */
  details: Readonly<Record<string, string>>;
  credential: string | undefined;
}

export interface Departures {
  /**
   * Removes the caller's connection and, where it was the last of its credential, marks that as disconnecting and adds
   * the job that will revoke it, all in one transaction. Throws `unauthenticated` or `connection_unknown`.
   */
  leave(
    caller: Caller,
    connection: { id: number; provider: string | undefined },
  ): Promise<Departure & { provider: string }>;
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
  departures: Departures;
  revoker: Revoker;
  registry: Registry;
}) {
  return async (caller: Caller, connection: { id: number; provider: string | undefined }): Promise<Receipt> => {
    if (connection.provider !== undefined && !registry.has(connection.provider))
      providerOf(registry, connection.provider);
    const { credential, label, details, provider } = await departures.leave(caller, connection);
    const lookAt = registry.get(provider)?.provider?.lookAt?.(details);
    const { webhooks, ...outcome } = await end(revoker, credential, lookAt);
    return { id: connection.id, provider, label, revocations: [outcome], ...(webhooks && { webhooks }) };
  };
}

async function end(
  revoker: Revoker,
  credential: string | undefined,
  lookAt: string | undefined,
): Promise<Outcome & Pick<Ended, "webhooks">> {
  if (credential === undefined) return { outcome: "shared" };
  return await revoker.revoke(credential).catch((failure: unknown): Retrying => ({
    outcome: "retrying",
    ...(lookAt !== undefined && { lookAt }),
    ...(saysPaused(failure) && { reason: "account_paused" }),
  }));
}

export type Disconnect = ReturnType<typeof createDisconnect>;
