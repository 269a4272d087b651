import { randomUUID } from "node:crypto";
import { providerOfApp, sealGrant, type App, type Registry, type StrandedGrant } from "../connect/index.ts";
import {
  goneAfterSeconds,
  halfAnswer,
  latestBegin,
  persist,
  saysPaused,
  sendRefresh,
  waitFor,
} from "../credentials/index.ts";
import { ConnectError } from "../errors.ts";
import { lifetimes } from "../lifetimes.ts";
import type { Account, Credentials, Provider, Revocation } from "../provider.ts";
import type { Seals } from "../vault/index.ts";

/** The end of a grant: at the provider, or only here where the provider has no means. */
export type Ended = Revocation & {
  /** The provider has no address of ours for the account's events any more. Absent: it is not asked, or refused. */
  webhooks?: "removed";
};

/** A credential that is to be ended, held by one lease. */
export interface Leased extends App {
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

export type Leasing =
  | { type: "leased"; credential: Leased }
  /** Another holds it: a refresh, a loan, another revocation. */
  | { type: "held" }
  /** Ended before, or in use again. */
  | { type: "gone" };

export interface Endings {
  /** Takes the lease on a credential that is disconnecting. */
  lease(id: string, owner: string): Promise<Leasing>;
  /** Records under the lease that a refresh is about to be sent. False: the lease is lost. */
  sends(leased: Leased, owner: string): Promise<boolean>;
  /** Stores a renewed secret under the lease; gives the new version, or undefined where it changed meanwhile. */
  renew(
    leased: Leased,
    owner: string,
    renewed: { secret: Buffer; lasts: number | undefined; refreshLasts: number | undefined },
  ): Promise<number | undefined>;
  /**
   * Forgets a credential that was ended, and keeps in the audit how: nobody may be there to be told. Where it was connected
   * anew meanwhile, a job asks whether that grant still lives.
   */
  forget(leased: Leased, owner: string, outcome: Ended["outcome"]): Promise<void>;
  /**
   * Under the lease, puts a grant whose account was found out where it belongs: in the place of the account's stored one, or
   * among those that are to be ended. False: the lease is lost.
   */
  adopt(leased: Leased, owner: string, grant: StrandedGrant): Promise<boolean>;
  /** Gives the lease back after a failure. `paused`: the provider says that the account is closed there. */
  release(id: string, owner: string, paused: boolean): Promise<void>;
}

export type Revoker = ReturnType<typeof createRevoker>;

export interface RevokerParts {
  endings: Endings;
  registry: Registry;
  seals: Seals;
  /** Where a provider sends the events of a credential's account. */
  webhookAddress: (credential: { id: string; provider: string }) => string;
  /** Told of each failure to end a grant. For the operator's log. */
  report: (failure: ConnectError, credential: Pick<Leased, "id" | "provider">) => void;
  /** Told of work that nobody waits for any more, and that must not be cut off by a stop. */
  outlives: (work: Promise<unknown>) => void;
}

/** Ends credentials that are marked as disconnecting. Called by a disconnect, and again by its job until it is done. */
export function createRevoker(parts: RevokerParts) {
  const { endings, registry } = parts;
  return {
    /** Throws where the provider did not confirm: the job will try again. */
    async revoke(id: string): Promise<Ended> {
      const owner = randomUUID();
      const askedAt = performance.now();
      const leasing = await endings.lease(id, owner);
      if (leasing.type === "gone") return { outcome: "revoked" };
      if (leasing.type === "held") throw new ConnectError("provider_unavailable", "the credential is in use right now");
      const { credential } = leasing;
      try {
        const provider = providerOfApp(registry, credential);
        const beginsBy = latestBegin(askedAt, credential.seconds);
        const { ended, leased } = await end({ ...parts, provider, owner, beginsBy }, credential);
        await endings.forget(leased, owner, ended.outcome);
        return ended;
      } catch (failure) {
        await endings.release(id, owner, saysPaused(failure));
        if (failure instanceof ConnectError) parts.report(failure, credential);
        throw failure;
      }
    },
  };
}

type Ending = RevokerParts & { provider: Provider; owner: string; beginsBy: number };

type Done = { ended: Ended; leased: Leased };

async function end(ending: Ending, held: Leased): Promise<Done> {
  const credentials = ending.seals.openCredentials(held.secret, held);
  return await orLetDie(ending, { leased: held, credentials }, async () => {
    const fresh = await renewed(ending, held, credentials);
    if (fresh === undefined) return { ended: { outcome: "revoked" }, leased: held };
    return await orLetDie(ending, fresh, () => endWith(ending, fresh));
  });
}

/** What is gone cannot be ended there: after 30 days its tokens are forgotten, and die by themselves. */
async function orLetDie(
  { provider }: Ending,
  { leased, credentials }: Omit<Usable, "lost">,
  work: () => Promise<Done>,
): Promise<Done> {
  return await work().catch((failure: unknown) => {
    if (!saysPaused(failure) || leased.pausedFor < goneAfterSeconds) throw failure;
    return { ended: beyondUs(provider, credentials), leased };
  });
}

async function endWith(ending: Ending, { leased, credentials, lost }: Usable): Promise<Done> {
  const { provider } = ending;
  if (isUnknown(leased, provider)) return { ended: await findOut(ending, leased, credentials), leased };
  const webhooks = await removeWebhooks(ending, leased, credentials);
  const revocation = provider.revoke ? await provider.revoke(credentials) : ({ outcome: "revoked" } as const);
  return { ended: { ...(lost ? beyondUs(provider, credentials) : revocation), ...webhooks }, leased };
}

/** Where the provider keeps one grant for each account, ending one of nobody known could end somebody's connection. */
function isUnknown({ externalId }: Leased, provider: Provider): boolean {
  return externalId === null && provider.grants === "one per account" && "identify" in provider;
}

/**
 * Asks whose a grant is, and puts it where it belongs: that ends this row. One that lacks the permission to be asked stays
 * at the provider, where its user can look.
 */
async function findOut(ending: Ending, leased: Leased, credentials: Credentials): Promise<Ended> {
  const { provider, seals, endings, owner } = ending;
  const account = await whose(provider, credentials);
  if (account === "dead") return { outcome: "revoked" };
  if (account === undefined) return beyondUs(provider, credentials);
  const grant = sealGrant(seals, provider, { account, credentials, scopes: leased.scopes });
  if (!(await endings.adopt(leased, owner, { ...grant, account }))) throw overtaken();
  return { outcome: "revoked" };
}

/** The account of a grant. `dead`: the provider says that the grant is none. Undefined: it cannot be found out. */
async function whose(provider: Provider, credentials: Credentials): Promise<Account | "dead" | undefined> {
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
function beyondUs({ lookAt }: Provider, { place }: Credentials): Revocation {
  return { outcome: "unsupported", lookAt: lookAt?.(place) ?? "" };
}

type Usable = { leased: Leased; credentials: Credentials; lost: boolean };

/**
 * Credentials to revoke with. Undefined: the grant is dead already, which is what was wanted. `lost`: it may live on by
 * tokens that never arrived, and these are the ones before. As anywhere, a refresh is recorded before it is sent; and where
 * one is unsettled that spends its token, another is sent whether or not it is needed, for it tells what became of that.
 */
async function renewed(ending: Ending, leased: Leased, credentials: Credentials): Promise<Usable | undefined> {
  const { provider, endings, owner, beginsBy } = ending;
  const unsure = leased.unsettled && provider.rotatesStrictly === true;
  const needed = provider.revokesWithAccessToken || "unsubscribe" in provider;
  if (!provider.refresh || !(unsure || (needed && isOver(credentials)))) return { leased, credentials, lost: false };
  if (!(await endings.sends(leased, owner))) throw overtaken();
  const sending = { unsettled: leased.unsettled, beginsBy };
  const renewal = await sendRefresh(provider, credentials, sending).catch(refusedForGood);
  if (renewal === undefined) return unsure ? { leased, credentials, lost: true } : undefined;
  return { ...(await keep(ending, leased, renewal)), lost: false };
}

async function keep({ provider, seals, endings, owner, outlives }: Ending, leased: Leased, renewal: Credentials) {
  // Kept before use: the old refresh token is spent.
  const secret = seals.sealCredentials(renewal, leased);
  const storing = persist(() => endings.renew(leased, owner, { secret, ...lifetimes(renewal) }));
  const version = await waitFor(storing, outlives);
  if (version === undefined) throw overtaken();
  const failure = halfAnswer(provider, renewal);
  if (failure) throw failure;
  return { leased: { ...leased, version, secret }, credentials: renewal };
}

function overtaken(): ConnectError {
  return new ConnectError("outcome_unknown", "the credential changed while it was being ended");
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

function refusedForGood(failure: unknown): undefined {
  if (failure instanceof ConnectError && failure.code === "needs_reconnect") return undefined;
  throw failure;
}
