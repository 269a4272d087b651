import { randomUUID } from "node:crypto";
import { providerOf, type Registry } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import type { Credentials, Provider, Revocation } from "../provider.ts";
import type { Seals } from "../vault/index.ts";

/** The end of a grant: at the provider, or only here where the provider has no means. */
export type Ended = Revocation;

/** A credential that is to be ended, held by one lease. */
export interface Leased {
  id: string;
  provider: string;
  secret: Buffer;
  version: number;
}

export interface Endings {
  /** Takes the lease on a credential that is disconnecting. Undefined: gone, in use again, or held by another. */
  lease(id: string, owner: string): Promise<Leased | undefined>;
  /** Stores a renewed secret under the lease; gives the new version, or undefined where it changed meanwhile. */
  renew(leased: Leased, owner: string, secret: Buffer): Promise<number | undefined>;
  /** Forgets a revoked credential. Where it was connected anew meanwhile, that one is marked as needing a reconnect. */
  forget(leased: Leased, owner: string): Promise<void>;
  /** Gives the lease back after a failure. */
  release(id: string, owner: string): Promise<void>;
}

export type Revoker = ReturnType<typeof createRevoker>;

/** Ends credentials that are marked as disconnecting. Called by a disconnect, and again by its job until it is done. */
export function createRevoker({ endings, registry, seals }: { endings: Endings; registry: Registry; seals: Seals }) {
  return {
    /** Throws where the provider did not confirm: the job will try again. */
    async revoke(id: string): Promise<Ended> {
      const owner = randomUUID();
      const leased = await endings.lease(id, owner);
      if (leased === undefined) return { outcome: "revoked" };
      try {
        const provider = providerOf(registry, leased.provider);
        const { ended, version } = await end({ endings, seals, provider }, leased, owner);
        await endings.forget({ ...leased, version }, owner);
        return ended;
      } catch (failure) {
        await endings.release(id, owner);
        throw failure;
      }
    },
  };
}

type Ending = { endings: Endings; seals: Seals; provider: Provider };

async function end({ endings, seals, provider }: Ending, leased: Leased, owner: string) {
  let { version } = leased;
  let credentials = seals.openCredentials(leased.secret, leased);
  if (provider.refresh && provider.revokesWithAccessToken && isOver(credentials)) {
    const renewed = await provider.refresh(credentials).catch(deadAlready);
    if (renewed === undefined) return { ended: { outcome: "revoked" } as const, version };
    // Kept before use: the old refresh token is spent.
    const stored = await endings.renew(leased, owner, seals.sealCredentials(renewed, leased));
    if (stored === undefined)
      throw new ConnectError("outcome_unknown", "the credential changed while it was being ended");
    version = stored;
    credentials = renewed;
  }
  const ended = provider.revoke ? await provider.revoke(credentials) : ({ outcome: "revoked" } as const);
  return { ended, version };
}

function isOver({ expiresAt }: Credentials): boolean {
  return expiresAt !== undefined && expiresAt.getTime() < Date.now() + 30_000;
}

/** A refresh that is refused for good says that the grant is dead: what was wanted. */
function deadAlready(failure: unknown): undefined {
  if (failure instanceof ConnectError && failure.code === "needs_reconnect") return undefined;
  throw failure;
}
