import { randomUUID } from "node:crypto";
import { sealGrant, type OrphanedGrant } from "../connect/index.ts";
import { getProviderOfApp, type ProviderApp, type Registry } from "../registry.ts";
import {
  goneAfterSeconds,
  findMissingToken,
  retryWrite,
  isAccountPaused,
  sendRefresh,
  awaitWrite,
} from "../credentials/index.ts";
import { ConnectError } from "../errors.ts";
import { latestBegin } from "../leases.ts";
import { measureLifetimes } from "../lifetimes.ts";
import type { Account, Credentials, Provider, Revocation } from "../provider.ts";
import type { Seals } from "../vault/index.ts";

/** The end of a grant: at the provider, or only here where the provider has no means. */
export type RevocationResult = Revocation & {
  /** The provider has no address of ours for the account's events any more. Absent: it is not asked, or refused. */
  webhooks?: "removed";
};

/** A credential that is to be ended, held by one lease. */
export interface LeasedCredential extends ProviderApp {
  id: string;
  /** The account's id at the provider. Null: whose the grant is was not found out yet. */
  externalId: string | null;
  secret: Buffer;
  version: number;
  /** A refresh was sent, and what came of it is unknown. */
  unsettled: boolean;
  /** What was granted. */
  scopes: readonly string[];
  /** For how many seconds the account has been closed at its provider. */
  pausedFor: number;
  /** For how long the lease lasts. */
  seconds: number;
}

export type RevocationLease =
  | { type: "acquired"; credential: LeasedCredential }
  /** Another holds it: a refresh, a loan, another revocation. */
  | { type: "busy" }
  /** Ended before, or in use again. */
  | { type: "missing" };

export interface RevocationStore {
  /** Takes the lease on a credential that is disconnecting. */
  acquireLease(id: string, owner: string): Promise<RevocationLease>;
  /** Records under the lease that a refresh is about to be sent. False: the lease is lost. */
  recordRefresh(leased: LeasedCredential, owner: string): Promise<boolean>;
  /** Stores a renewed secret under the lease; gives the new version, or undefined where it changed meanwhile. */
  storeRenewal(
    leased: LeasedCredential,
    owner: string,
    renewed: { secret: Buffer; expiresInSeconds: number | undefined; refreshExpiresInSeconds: number | undefined },
  ): Promise<number | undefined>;
  /**
   * Forgets a credential that was ended, and keeps in the audit how: nobody may be there to be told. Where it was connected
   * anew meanwhile, a job asks whether that grant still lives.
   */
  deleteRevoked(leased: LeasedCredential, owner: string, outcome: RevocationResult["outcome"]): Promise<void>;
  /**
   * Under the lease, puts a grant whose account was found out where it belongs: in the place of the account's stored one, or
   * among those that are to be ended. False: the lease is lost.
   */
  adoptGrant(leased: LeasedCredential, owner: string, grant: OrphanedGrant): Promise<boolean>;
  /** Gives the lease back after a failure. `paused`: the provider says that the account is closed there. */
  releaseLease(id: string, owner: string, paused: boolean): Promise<void>;
}

export type Revoker = ReturnType<typeof createRevoker>;

export interface RevokerDeps {
  endings: RevocationStore;
  registry: Registry;
  seals: Seals;
  /** Where a provider sends the events of a credential's account. */
  webhookAddress: (credential: { id: string; provider: string }) => string;
  /** Told of each failure to end a grant. For the operator's log. */
  report: (failure: ConnectError, credential: Pick<LeasedCredential, "id" | "provider">) => void;
  /** Told of work that nobody waits for any more, and that must not be cut off by a stop. */
  trackInBackground: (work: Promise<unknown>) => void;
}

/** Ends credentials that are marked as disconnecting. Called by a disconnect, and again by its job until it is done. */
export function createRevoker(parts: RevokerDeps) {
  const { endings, registry } = parts;
  return {
    /** Throws where the provider did not confirm: the job will try again. */
    async revoke(id: string): Promise<RevocationResult> {
      const owner = randomUUID();
      const askedAt = performance.now();
      const leasing = await endings.acquireLease(id, owner);
      if (leasing.type === "missing") return { outcome: "revoked" };
      if (leasing.type === "busy") throw new ConnectError("provider_unavailable", "the credential is in use right now");
      const { credential } = leasing;
      try {
        const provider = getProviderOfApp(registry, credential);
        const beginsBy = latestBegin(askedAt, credential.seconds);
        const { ended, leased } = await revokeGrant({ ...parts, provider, owner, beginsBy }, credential);
        await endings.deleteRevoked(leased, owner, ended.outcome);
        return ended;
      } catch (failure) {
        await endings.releaseLease(id, owner, isAccountPaused(failure));
        if (failure instanceof ConnectError) parts.report(failure, credential);
        throw failure;
      }
    },
  };
}

type RevocationContext = RevokerDeps & { provider: Provider; owner: string; beginsBy: number };

type FinishedRevocation = { ended: RevocationResult; leased: LeasedCredential };

async function revokeGrant(ending: RevocationContext, held: LeasedCredential): Promise<FinishedRevocation> {
  const credentials = ending.seals.openCredentials(held.secret, held);
  return await orForget(ending, { leased: held, credentials }, async () => {
    const fresh = await ensureRevocable(ending, held, credentials);
    if (fresh === undefined) return { ended: { outcome: "revoked" }, leased: held };
    return await orForget(ending, fresh, () => revokeWith(ending, fresh));
  });
}

/** What is gone cannot be ended there: after 30 days its tokens are forgotten, and die by themselves. */
async function orForget(
  { provider }: RevocationContext,
  { leased, credentials }: Omit<RevocableGrant, "lost">,
  work: () => Promise<FinishedRevocation>,
): Promise<FinishedRevocation> {
  return await work().catch((failure: unknown) => {
    if (!isAccountPaused(failure) || leased.pausedFor < goneAfterSeconds) throw failure;
    return { ended: describeUnsupported(provider, credentials), leased };
  });
}

async function revokeWith(
  ending: RevocationContext,
  { leased, credentials, lost }: RevocableGrant,
): Promise<FinishedRevocation> {
  const { provider } = ending;
  if (isAccountUnknown(leased, provider)) return { ended: await adoptIdentified(ending, leased, credentials), leased };
  const webhooks = await removeWebhooks(ending, leased, credentials);
  const revocation = provider.revoke ? await provider.revoke(credentials) : ({ outcome: "revoked" } as const);
  return { ended: { ...(lost ? describeUnsupported(provider, credentials) : revocation), ...webhooks }, leased };
}

/** Where the provider keeps one grant for each account, ending one of nobody known could end somebody's connection. */
function isAccountUnknown({ externalId }: LeasedCredential, provider: Provider): boolean {
  return externalId === null && provider.grants === "one per account" && "identify" in provider;
}

/**
 * Asks whose a grant is, and puts it where it belongs: that ends this row. One that lacks the permission to be asked stays
 * at the provider, where its user can look.
 */
async function adoptIdentified(
  ending: RevocationContext,
  leased: LeasedCredential,
  credentials: Credentials,
): Promise<RevocationResult> {
  const { provider, seals, endings, owner } = ending;
  const account = await identifyAccount(provider, credentials);
  if (account === "dead") return { outcome: "revoked" };
  if (account === undefined) return describeUnsupported(provider, credentials);
  const grant = sealGrant(seals, provider, { account, credentials, scopes: leased.scopes });
  if (!(await endings.adoptGrant(leased, owner, { ...grant, account }))) throw leaseLostError();
  return { outcome: "revoked" };
}

/** The account of a grant. `dead`: the provider says that the grant is none. Undefined: it cannot be found out. */
async function identifyAccount(provider: Provider, credentials: Credentials): Promise<Account | "dead" | undefined> {
  try {
    return await provider.identify?.(credentials);
  } catch (failure) {
    if (!(failure instanceof ConnectError)) throw failure;
    if (failure.code === "grant_rejected") return "dead";
    if (failure.code === "scope_missing" || failure.code === "outcome_unknown") return undefined;
    throw failure;
  }
}

/** The old tokens may have ended the grant, if they still could: the provider says "revoked" in either case. */
function describeUnsupported({ manageUrl }: Provider, { metadata }: Credentials): Revocation {
  return { outcome: "unsupported", manageUrl: manageUrl?.(metadata) ?? "" };
}

type RevocableGrant = { leased: LeasedCredential; credentials: Credentials; lost: boolean };

/**
 * Credentials to revoke with. Undefined: the grant is dead already, which is what was wanted. `lost`: it may live on by
 * tokens that never arrived, and these are the ones before. As anywhere, a refresh is recorded before it is sent; and where
 * one is unsettled that spends its token, another is sent whether or not it is needed, for it tells what became of that.
 */
async function ensureRevocable(
  ending: RevocationContext,
  leased: LeasedCredential,
  credentials: Credentials,
): Promise<RevocableGrant | undefined> {
  const { provider, endings, owner, beginsBy } = ending;
  const unsure = leased.unsettled && provider.singleUseRefreshToken === true;
  const needed = provider.revokesWithAccessToken || "unsubscribe" in provider;
  if (!provider.refresh || !(unsure || (needed && isAccessTokenOver(credentials))))
    return { leased, credentials, lost: false };
  if (!(await endings.recordRefresh(leased, owner))) throw leaseLostError();
  const sending = { unsettled: leased.unsettled, beginsBy };
  const renewal = await sendRefresh(provider, credentials, sending).catch(ignoreDeadGrant);
  if (renewal === undefined) return unsure ? { leased, credentials, lost: true } : undefined;
  return { ...(await storeRevocableTokens(ending, leased, renewal)), lost: false };
}

async function storeRevocableTokens(
  { provider, seals, endings, owner, trackInBackground }: RevocationContext,
  leased: LeasedCredential,
  renewal: Credentials,
) {
  // Kept before use: the old refresh token is spent.
  const secret = seals.sealCredentials(renewal, leased);
  const storing = retryWrite(() => endings.storeRenewal(leased, owner, { secret, ...measureLifetimes(renewal) }));
  const version = await awaitWrite(storing, trackInBackground);
  if (version === undefined) throw leaseLostError();
  const failure = findMissingToken(provider, renewal);
  if (failure) throw failure;
  return { leased: { ...leased, version, secret }, credentials: renewal };
}

function leaseLostError(): ConnectError {
  return new ConnectError("outcome_unknown", "the credential changed while it was being ended");
}

/** Before the grant ends, for nothing can be removed without it. What the provider refuses is left to end with the grant. */
async function removeWebhooks(
  { provider, webhookAddress }: RevocationContext,
  leased: LeasedCredential,
  credentials: Credentials,
) {
  if (!provider.unsubscribe) return {};
  try {
    await provider.unsubscribe(credentials, webhookAddress(leased));
    return { webhooks: "removed" } as const;
  } catch (failure) {
    if (failure instanceof ConnectError && !failure.retryable) return {};
    throw failure;
  }
}

function isAccessTokenOver({ expiresAt }: Credentials): boolean {
  return expiresAt !== undefined && expiresAt.getTime() < Date.now() + 30_000;
}

function ignoreDeadGrant(failure: unknown): undefined {
  if (failure instanceof ConnectError && failure.code === "needs_reconnect") return undefined;
  throw failure;
}
