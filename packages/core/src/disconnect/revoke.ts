import { randomUUID } from "node:crypto";
import { providerOf, type Registry } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { lifetimes } from "../lifetimes.ts";
import type { Credentials, Provider, Revocation } from "../provider.ts";
import type { Seals } from "../vault/index.ts";

/** The end of a grant: at the provider, or only here where the provider has no means. */
export type Ended = Revocation & {
  /** Our address for the account's events was removed at the provider. Absent: there was none. */
  webhooks?: "removed";
};

/** A credential that is to be ended, held by one lease. */
export interface Leased {
  id: string;
  provider: string;
  secret: Buffer;
  version: number;
}

export type Leasing =
  | { type: "leased"; credential: Leased }
  /** Another holds it: a refresh, a loan, another revocation. */
  | { type: "held" }
  /** Ended before, or in use again. */
  | { type: "gone" };

export interface Endings {
  /** Takes the lease on a credential that is disconnecting. */
  lease(id: string, owner: string): Promise<Leasing>;
  /** Stores a renewed secret under the lease; gives the new version, or undefined where it changed meanwhile. */
  renew(
    leased: Leased,
    owner: string,
    renewed: { secret: Buffer; lasts: number | undefined; refreshLasts: number | undefined },
  ): Promise<number | undefined>;
  /** Forgets a revoked credential. Where it was connected anew meanwhile, that one is marked as needing a reconnect. */
  forget(leased: Leased, owner: string): Promise<void>;
  /** Gives the lease back after a failure. */
  release(id: string, owner: string): Promise<void>;
}

export type Revoker = ReturnType<typeof createRevoker>;

export interface RevokerParts {
  endings: Endings;
  registry: Registry;
  seals: Seals;
  /** Where a provider sends the events of a credential's account. */
  webhookAddress: (credential: { id: string; provider: string }) => string;
}

/** Ends credentials that are marked as disconnecting. Called by a disconnect, and again by its job until it is done. */
export function createRevoker(parts: RevokerParts) {
  const { endings, registry } = parts;
  return {
    /** Throws where the provider did not confirm: the job will try again. */
    async revoke(id: string): Promise<Ended> {
      const owner = randomUUID();
      const leasing = await endings.lease(id, owner);
      if (leasing.type === "gone") return { outcome: "revoked" };
      if (leasing.type === "held") throw new ConnectError("provider_unavailable", "the credential is in use right now");
      try {
        const provider = providerOf(registry, leasing.credential.provider);
        const { ended, leased } = await end({ ...parts, provider, owner }, leasing.credential);
        await endings.forget(leased, owner);
        return ended;
      } catch (failure) {
        await endings.release(id, owner);
        throw failure;
      }
    },
  };
}

type Ending = RevokerParts & { provider: Provider; owner: string };

async function end(ending: Ending, held: Leased): Promise<{ ended: Ended; leased: Leased }> {
  const { provider, seals } = ending;
  const fresh = await renewed(ending, held, seals.openCredentials(held.secret, held));
  if (fresh === undefined) return { ended: { outcome: "revoked" }, leased: held };
  const { leased, credentials } = fresh;
  const webhooks = await removeWebhooks(ending, leased, credentials);
  const revocation = provider.revoke ? await provider.revoke(credentials) : ({ outcome: "revoked" } as const);
  return { ended: { ...revocation, ...webhooks }, leased };
}

/** Credentials that can be revoked with. Undefined: the grant is dead already, which is what was wanted. */
async function renewed({ provider, seals, endings, owner }: Ending, leased: Leased, credentials: Credentials) {
  const needed = provider.revokesWithAccessToken || "unsubscribe" in provider;
  if (!provider.refresh || !needed || !isOver(credentials)) return { leased, credentials };
  const renewal = await provider.refresh(credentials).catch(deadAlready);
  if (renewal === undefined) return undefined;
  // Kept before use: the old refresh token is spent.
  const secret = seals.sealCredentials(renewal, leased);
  const version = await endings.renew(leased, owner, { secret, ...lifetimes(renewal) });
  if (version === undefined)
    throw new ConnectError("outcome_unknown", "the credential changed while it was being ended");
  return { leased: { ...leased, version }, credentials: renewal };
}

/** Before the grant ends, for nothing can be removed without it. What the provider refuses is left to end with the grant. */
async function removeWebhooks({ provider, webhookAddress }: Ending, leased: Leased, credentials: Credentials) {
  if (!provider.unsubscribe) return {};
  try {
    await provider.unsubscribe(credentials, webhookAddress(leased));
    return { webhooks: "removed" } as const;
  } catch (failure) {
    if (failure instanceof ConnectError && !failure.retryable) return {};
    throw failure;
  }
}

function isOver({ expiresAt }: Credentials): boolean {
  return expiresAt !== undefined && expiresAt.getTime() < Date.now() + 30_000;
}

/** A refresh that is refused for good says that the grant is dead: what was wanted. */
function deadAlready(failure: unknown): undefined {
  if (failure instanceof ConnectError && failure.code === "needs_reconnect") return undefined;
  throw failure;
}
