import { randomUUID } from "node:crypto";
import { sealGrant, type OrphanedGrant } from "../connect/index.ts";
import { getProviderOfApp, type Registry } from "../registry.ts";
import {
  goneAfterSeconds,
  isAccountPaused,
  sendRefresh,
  storeTokens,
  type AcquiredLease,
  type CredentialLease,
  type CredentialRow,
  type CredentialStore,
} from "../credentials/index.ts";
import { ConnectError } from "../errors.ts";
import { latestBegin } from "../leases.ts";
import type { Account, Credentials, Provider, Revocation } from "../provider.ts";
import type { Seals } from "../vault/index.ts";

/** The end of a grant: at the provider, or only here if the provider has no way to revoke. */
export type RevocationResult = Revocation & {
  /** Our webhook address for the account was removed. Absent: there was none, or the provider refused. */
  webhooks?: "removed";
};

/** What becomes of a credential at the end of its revocation. Each method is one SQL statement. */
export interface RevocationStore {
  /**
   * Deletes a credential that was ended, and records in the audit how. If the account was connected anew meanwhile, a job
   * asks whether that grant still lives.
   */
  deleteRevoked(lease: CredentialLease, outcome: RevocationResult["outcome"]): Promise<void>;
  /**
   * Puts a grant whose account is known by now in the place of the account's stored one, or among those that are to be
   * ended. False: the lease is lost.
   */
  adoptGrant(lease: CredentialLease, grant: OrphanedGrant): Promise<boolean>;
}

/** Ends credentials that are disconnecting. */
export type Revoker = ReturnType<typeof createRevoker>;

/** What revocations need. */
export interface RevokerDeps {
  store: CredentialStore;
  revocations: RevocationStore;
  registry: Registry;
  seals: Seals;
  /** Where a provider sends the events of a credential's account. */
  webhookAddress: (credential: { id: string; provider: string }) => string;
  /** Told of each failure to end a grant. For the operator's log. */
  report: (failure: ConnectError, credential: Pick<CredentialRow, "id" | "provider">) => void;
  /** Told of work that outlives its request, and that a stop waits for. */
  trackInBackground: (work: Promise<unknown>) => void;
}

/** Ends credentials that are marked as disconnecting. A disconnect calls it, and then its job until the end is confirmed. */
export function createRevoker(deps: RevokerDeps) {
  const { store, revocations, registry } = deps;
  return {
    /** Throws if the provider did not confirm: the job tries again. */
    async revoke(id: string): Promise<RevocationResult> {
      const askedAt = performance.now();
      const acquired = await store.acquireLease({ id }, randomUUID(), "revocation");
      if (acquired.type === "missing" || acquired.type === "stale") return { outcome: "revoked" };
      if (acquired.type !== "acquired") {
        throw new ConnectError("provider_unavailable", "the credential is in use right now");
      }
      try {
        const provider = getProviderOfApp(registry, acquired.row);
        const beginsBy = latestBegin(askedAt, acquired.seconds);
        const { result, lease } = await revokeGrant({ ...deps, provider, beginsBy }, acquired);
        await revocations.deleteRevoked(lease, result.outcome);
        return result;
      } catch (failure) {
        await store.releaseLease(acquired.lease, { paused: isAccountPaused(failure) });
        if (failure instanceof ConnectError) deps.report(failure, acquired.row);
        throw failure;
      }
    },
  };
}

type RevocationContext = RevokerDeps & { provider: Provider; beginsBy: number };

type FinishedRevocation = { result: RevocationResult; lease: CredentialLease };

async function revokeGrant(context: RevocationContext, acquired: AcquiredLease): Promise<FinishedRevocation> {
  const credentials = context.seals.openCredentials(acquired.row.secret, acquired.row);
  return await forgetIfClosed(context, { acquired, credentials }, async () => {
    const revocable = await ensureRevocable(context, acquired, credentials);
    if (revocable === undefined) return { result: { outcome: "revoked" }, lease: acquired.lease };
    return await forgetIfClosed(context, revocable, () => revokeWith(context, revocable));
  });
}

/**
 * Does the work, or gives up on an account that has been closed for 30 days: its grant cannot be revoked at the provider, so
 * the tokens are only deleted here, and expire there by themselves.
 */
async function forgetIfClosed(
  { provider }: RevocationContext,
  { acquired, credentials }: Omit<RevocableGrant, "lost">,
  work: () => Promise<FinishedRevocation>,
): Promise<FinishedRevocation> {
  return await work().catch((failure: unknown) => {
    if (!isAccountPaused(failure) || acquired.pausedFor < goneAfterSeconds) throw failure;
    return { result: describeUnsupported(provider, credentials), lease: acquired.lease };
  });
}

async function revokeWith(context: RevocationContext, grant: RevocableGrant): Promise<FinishedRevocation> {
  const { provider } = context;
  const { acquired, credentials, lost } = grant;
  const { lease } = acquired;
  if (isAccountUnknown(acquired.row, provider)) return { result: await adoptIdentified(context, grant), lease };
  const webhooks = await removeWebhooks(context, grant);
  const revocation = provider.revoke ? await provider.revoke(credentials) : ({ outcome: "revoked" } as const);
  return { result: { ...(lost ? describeUnsupported(provider, credentials) : revocation), ...webhooks }, lease };
}

/** If the provider keeps one grant for each account, ending a grant of an unknown account could end a user's connection. */
function isAccountUnknown({ externalId }: CredentialRow, provider: Provider): boolean {
  return externalId === null && provider.grants === "one per account" && "identify" in provider;
}

/**
 * Asks whose a grant is, and puts it in its account's place, which ends this row. A grant that lacks the permission to be
 * asked stays at the provider, and its user is shown where to end it.
 */
async function adoptIdentified(
  { provider, seals, revocations }: RevocationContext,
  { acquired, credentials }: RevocableGrant,
): Promise<RevocationResult> {
  const account = await identifyAccount(provider, credentials);
  if (account === "dead") return { outcome: "revoked" };
  if (account === undefined) return describeUnsupported(provider, credentials);
  const grant = sealGrant(seals, provider, { account, credentials, scopes: acquired.row.scopes });
  if (!(await revocations.adoptGrant(acquired.lease, { ...grant, account }))) throw leaseLostError();
  return { outcome: "revoked" };
}

/** The account of a grant. `dead`: the provider says that there is no such grant. Undefined: it cannot be found out. */
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

/** The result where nothing says that the grant has ended: the user is shown where to end it. */
function describeUnsupported({ manageUrl }: Provider, { metadata }: Credentials): Revocation {
  return { outcome: "unsupported", manageUrl: manageUrl?.(metadata) ?? "" };
}

/** `lost`: newer tokens never arrived, and the grant may live on by them. */
type RevocableGrant = { acquired: AcquiredLease; credentials: Credentials; lost: boolean };

/**
 * Gives credentials to revoke with. Undefined: the grant is dead already. They are refreshed if the revocation needs an
 * access token and theirs has ended. If an earlier refresh is unsettled and its token is spent by one use, another refresh
 * is always sent: its answer tells what came of the earlier one.
 */
async function ensureRevocable(
  context: RevocationContext,
  acquired: AcquiredLease,
  credentials: Credentials,
): Promise<RevocableGrant | undefined> {
  const { provider, store, beginsBy } = context;
  const isUnsure = acquired.unsettled && provider.singleUseRefreshToken === true;
  const needed = provider.revokesWithAccessToken || "unsubscribe" in provider;
  if (!provider.refresh || !(isUnsure || (needed && isAccessTokenOver(credentials))))
    return { acquired, credentials, lost: false };
  if (!(await store.recordRefresh(acquired.lease))) throw leaseLostError();
  const sending = { unsettled: acquired.unsettled, beginsBy };
  const renewed = await sendRefresh(provider, credentials, sending).catch(ignoreDeadGrant);
  if (renewed === undefined) return isUnsure ? { acquired, credentials, lost: true } : undefined;
  const stored = await storeTokens(context, { provider, acquired, previous: credentials, renewed, keepsLease: true });
  if (stored === undefined) throw leaseLostError();
  if (stored.failure) throw stored.failure;
  const lease = { ...acquired.lease, version: stored.row.version };
  return { acquired: { ...acquired, lease }, credentials: renewed, lost: false };
}

function leaseLostError(): ConnectError {
  return new ConnectError("outcome_unknown", "the credential changed while it was being ended");
}

/** Removes our webhook address while the grant still allows it. What the provider refuses to remove ends with the grant. */
async function removeWebhooks(
  { provider, webhookAddress }: RevocationContext,
  { acquired, credentials }: RevocableGrant,
) {
  if (!provider.unsubscribe) return {};
  try {
    await provider.unsubscribe(credentials, webhookAddress(acquired.row));
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
