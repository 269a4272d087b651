import { randomUUID } from "node:crypto";
import { findProviderOfApp } from "../registry.ts";
import { ConnectError } from "../errors.ts";
import { maintenanceDelaySeconds } from "../lifetimes.ts";
import type { Provider } from "../provider.ts";
import { backOffSecondsAfter, isGrantDead, isAccountPaused } from "./failures.ts";
import { findCredentialEnd } from "./credential-end.ts";
import { refreshCredential, type RefreshResult, type CredentialDeps } from "./refresh.ts";
import type { CredentialEnd, CredentialRow } from "./credential-store.ts";

const unconfiguredSeconds = 3600;

/**
 * Maintains a credential: refreshes it ahead of need, or asks the provider whether the grant lives. It stores the result and
 * plans the next look. Failures of the provider are not thrown: what is thrown is a failure of ours.
 */
export async function maintainCredential(parts: CredentialDeps, id: string): Promise<void> {
  const standing = await parts.store.find(id);
  if (standing?.status !== "active") return;
  const provider = findProviderOfApp(parts.registry, standing);
  if (provider === undefined) return await parts.store.scheduleJob("keep", id, unconfiguredSeconds);
  const early = secondsUntilDue(standing);
  if (provider.refresh && early > 0) return await parts.store.scheduleJob("keep", id, early);
  const busy = await verifyGrant(parts, { standing, provider }, undefined);
  if (busy !== undefined) await parts.store.scheduleJob("keep", id, busy);
}

/** Seconds until three quarters of the token's life are over: it may have been refreshed after this job was planned. */
function secondsUntilDue({ remainingMs, lifetimeMs }: CredentialRow): number {
  if (remainingMs === null || lifetimeMs === null) return 0;
  return Math.max(0, (remainingMs - lifetimeMs * 0.26) / 1000);
}

/**
 * Finds out whether a grant lives, by using it: an event may be late, or about an older grant, so only the provider's answer
 * is proof. If the provider gives no answer now, the same job is planned again.
 */
export async function verifyCredential(
  parts: CredentialDeps,
  { id, job }: { id: string; job: keyof typeof endsByJob },
): Promise<void> {
  const standing = await parts.store.find(id);
  const ending = endsByJob[job];
  if (standing?.status === "needs_reconnect" && job === "check") return await parts.store.setReason(id, ending);
  if (standing?.status !== "active") return;
  const provider = findProviderOfApp(parts.registry, standing);
  if (provider === undefined) return await parts.store.scheduleJob(job, id, unconfiguredSeconds);
  const busy = await verifyGrant(parts, { standing, provider }, ending);
  if (busy !== undefined) await parts.store.scheduleJob(job, id, busy);
}

const removed: CredentialEnd = { status: "revoked", reason: "removed_at_provider" };
const endsByJob = {
  check: removed,
  erase: removed,
  supersede: { status: "needs_reconnect", reason: "superseded" },
} as const satisfies Record<string, CredentialEnd>;

/** Deletes what is stored of an account that is gone. An account that still lives, or was connected anew, stays. */
export async function eraseCredential(parts: CredentialDeps, id: string): Promise<void> {
  await verifyCredential(parts, { id, job: "erase" });
  await parts.store.deleteDead(id);
}

type Verification = { standing: CredentialRow; provider: Provider };

/**
 * Asks by a refresh or a probe. Gives the seconds after which the job has to run again, if nothing was found out and no job
 * is planned for it: after a failure the job "keep" is planned, and that job does not know `ending`.
 */
async function verifyGrant(
  parts: CredentialDeps,
  asked: Verification,
  ending: CredentialEnd | undefined,
): Promise<number | undefined> {
  const { standing, provider } = asked;
  const lastsForGood = standing.remainingMs === null && provider.probe !== undefined;
  if (!provider.refresh || lastsForGood) return await probeGrant(parts, asked, ending);
  const outcome = await refreshCredential(parts, standing, ending).catch(classifyFailure);
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
  asked: Verification,
  ending: CredentialEnd | undefined,
) {
  const { standing, provider } = asked;
  if (!provider.probe) return undefined;
  const credentials = seals.openCredentials(standing.secret, standing);
  const take = await store.acquireLease(standing, randomUUID(), "probe");
  if (take.type !== "acquired") return retryAfterSeconds(take, ending);
  const { lease } = take;
  try {
    await provider.probe(credentials);
    await store.confirmAlive(lease, {
      maintainInSeconds: maintenanceDelaySeconds(provider, undefined),
      subscribesToEvents: provider.subscribe !== undefined,
    });
    return undefined;
  } catch (failure) {
    const outcome = classifyFailure(failure);
    if (failure instanceof ConnectError) report(failure, standing);
    const ended = findCredentialEnd({ provider, take, ending, failure });
    if (ended) {
      await store.markDead(lease, ended);
      return undefined;
    }
    const seconds = backOffSecondsAfter(failure, take.failures);
    await store.backOff(lease, { seconds, unsettled: false, paused: isAccountPaused(failure) });
    return retryAfterSeconds(outcome, ending);
  }
}
