import { randomUUID } from "node:crypto";
import { findProviderOfApp } from "../registry.ts";
import { ConnectError } from "../errors.ts";
import { maintenanceDelaySeconds } from "../lifetimes.ts";
import type { Provider } from "../provider.ts";
import { backOffSecondsAfter, findCredentialEnd, isGrantDead, isAccountPaused } from "./failures.ts";
import { refreshCredential, type RefreshResult, type CredentialDeps } from "./refresh.ts";
import type { CredentialEnd, CredentialRow } from "./credential-store.ts";

/** How long until a credential is looked at again whose app is not configured. */
const unconfiguredSeconds = 3600;

/**
 * Maintains a credential: refreshes it ahead of need, or asks the provider whether the grant lives. It stores the result and
 * plans the next maintenance. Failures of the provider are not thrown: what is thrown is a failure of ours.
 */
export async function maintainCredential(deps: CredentialDeps, id: string): Promise<void> {
  const row = await deps.store.find(id);
  if (row?.status !== "active") return;
  const provider = findProviderOfApp(deps.registry, row);
  if (provider === undefined) return await deps.store.scheduleJob("keep", id, unconfiguredSeconds);
  const secondsLeft = secondsUntilDue(row);
  if (provider.refresh && secondsLeft > 0) return await deps.store.scheduleJob("keep", id, secondsLeft);
  const retrySeconds = await verifyGrant(deps, { row, provider }, undefined);
  if (retrySeconds !== undefined) await deps.store.scheduleJob("keep", id, retrySeconds);
}

/**
 * A refresh is due once this share of the token's life, or less, is left. It is a little more than the quarter for which a
 * job is planned at the latest, so that a job that comes at its time is never too early.
 */
const dueShare = 0.26;

/** Seconds until a refresh is due: the token may have been refreshed after this job was planned. 0: it is due. */
function secondsUntilDue({ remainingMs, lifetimeMs }: CredentialRow): number {
  if (remainingMs === null || lifetimeMs === null) return 0;
  return Math.max(0, (remainingMs - lifetimeMs * dueShare) / 1000);
}

/**
 * Finds out whether a grant lives, by using it: an event may be late, or about an older grant, so only the provider's answer
 * is proof. If the provider gives no answer now, the same job is planned again.
 */
export async function verifyCredential(
  deps: CredentialDeps,
  { id, job }: { id: string; job: keyof typeof endsByJob },
): Promise<void> {
  const row = await deps.store.find(id);
  const ending = endsByJob[job];
  if (row?.status === "needs_reconnect" && job === "check") return await deps.store.setReason(id, ending);
  if (row?.status !== "active") return;
  const provider = findProviderOfApp(deps.registry, row);
  if (provider === undefined) return await deps.store.scheduleJob(job, id, unconfiguredSeconds);
  const retrySeconds = await verifyGrant(deps, { row, provider }, ending);
  if (retrySeconds !== undefined) await deps.store.scheduleJob(job, id, retrySeconds);
}

const removed: CredentialEnd = { status: "revoked", reason: "removed_at_provider" };
const endsByJob = {
  check: removed,
  erase: removed,
  supersede: { status: "needs_reconnect", reason: "superseded" },
} as const satisfies Record<string, CredentialEnd>;

/** Deletes what is stored of an account that is gone. An account that still lives, or was connected anew, stays. */
export async function eraseCredential(deps: CredentialDeps, id: string): Promise<void> {
  await verifyCredential(deps, { id, job: "erase" });
  await deps.store.deleteDead(id);
}

/**
 * Asks the provider now whether a grant lives, for a back end that wants to know, and stores what it says. Throws the
 * provider's failure if that is no clear answer, and `provider_unavailable` if it may not be asked yet.
 */
export async function checkCredential(deps: CredentialDeps, id: string): Promise<void> {
  const row = await deps.store.find(id);
  const provider = row && findProviderOfApp(deps.registry, row);
  if (row?.status !== "active" || provider === undefined) return;
  let failure: ConnectError | undefined;
  const report: CredentialDeps["report"] = (thrown, credential) => {
    failure = thrown;
    deps.report(thrown, credential);
  };
  const retrySeconds = await verifyGrant({ ...deps, report }, { row, provider }, undefined);
  if (isGrantDead(failure) || isAccountPaused(failure) || row.reason === "account_paused") return;
  if (failure !== undefined) throw failure;
  if (retrySeconds === undefined) return;
  const retryAfter = Math.max(1, Math.ceil(retrySeconds));
  throw new ConnectError("provider_unavailable", "the grant is in use, or its provider is left alone", { retryAfter });
}

type Verification = { row: CredentialRow; provider: Provider };

/**
 * Asks by a refresh or a probe. Gives the seconds after which the job has to run again, if nothing was found out and no job
 * is planned for it: after a failure the job "keep" is planned, and that job does not know `ending`.
 */
async function verifyGrant(
  deps: CredentialDeps,
  target: Verification,
  ending: CredentialEnd | undefined,
): Promise<number | undefined> {
  const { row, provider } = target;
  const lastsForGood = row.remainingMs === null && provider.probe !== undefined;
  if (!provider.refresh || lastsForGood) return await probeGrant(deps, target, ending);
  const outcome = await refreshCredential(deps, row, ending).catch(classifyFailure);
  return retryAfterSeconds(outcome, ending);
}

/** Reads a failure of the provider, which was stored before. Throws any other failure. */
function classifyFailure(failure: unknown): { type: "dead" } | { type: "failed"; seconds: number } {
  if (!(failure instanceof ConnectError)) throw failure;
  return isGrantDead(failure) ? { type: "dead" } : { type: "failed", seconds: backOffSecondsAfter(failure, 0) };
}

function retryAfterSeconds(
  outcome: RefreshResult | ReturnType<typeof classifyFailure>,
  ending: CredentialEnd | undefined,
): number | undefined {
  if (outcome.type === "busy" || outcome.type === "backing_off") return outcome.seconds;
  return outcome.type === "failed" && ending ? outcome.seconds : undefined;
}

async function probeGrant(
  { store, seals, report }: CredentialDeps,
  target: Verification,
  ending: CredentialEnd | undefined,
) {
  const { row, provider } = target;
  if (!provider.probe) return undefined;
  const credentials = seals.openCredentials(row.secret, row);
  const acquired = await store.acquireLease(row, randomUUID(), "probe");
  if (acquired.type !== "acquired") return retryAfterSeconds(acquired, ending);
  const { lease } = acquired;
  try {
    await provider.probe(credentials);
    await store.confirmAlive(lease, {
      maintainInSeconds: maintenanceDelaySeconds(provider, undefined),
      subscribesToEvents: provider.subscribe !== undefined,
    });
    return undefined;
  } catch (failure) {
    const outcome = classifyFailure(failure);
    if (failure instanceof ConnectError) report(failure, row);
    const end = findCredentialEnd({ provider, acquired, ending, failure });
    if (end) {
      await store.markDead(lease, end);
      return undefined;
    }
    const seconds = backOffSecondsAfter(failure, acquired.failures);
    await store.backOff(lease, { seconds, unsettled: false, paused: isAccountPaused(failure) });
    return retryAfterSeconds(outcome, ending);
  }
}
