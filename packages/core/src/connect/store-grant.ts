import { randomUUID } from "node:crypto";
import { ConnectError, type FailureCode } from "../errors.ts";
import type { Account, Credentials, Grant, Provider, Step } from "../provider.ts";
import type { Seals } from "../vault/index.ts";
import { accountCredentialId } from "./account-credential.ts";
import type { AttemptStore, ClaimedAttempt, Connection, SealedGrant } from "./attempt-store.ts";
import { maintenanceDelaySeconds, measureLifetimes } from "../lifetimes.ts";

type StoreGrantDeps = { attempts: AttemptStore; seals: Seals };
type FinishedStep = { attempt: ClaimedAttempt; provider: Provider; step: Step };

/** Stores what a walk ended with. A grant that cannot be kept is handed over, and the reason thrown. */
export async function storeGrant(
  parts: StoreGrantDeps,
  { attempt, provider, step }: FinishedStep,
): Promise<Connection> {
  if (step.type === "orphaned") {
    const { credentials, scopes = [], failure } = step;
    throw await orphanGrant(parts, { attempt, provider, granted: { credentials, scopes }, failure });
  }
  if (step.type !== "connected") throw new ConnectError("provider_misbehaved", `a return led to "${step.type}"`);
  const { account } = step.grant;
  // Sealed once: where the database took it and could not say so, handing it over finds it stored.
  const grant = sealGrant(parts.seals, provider, step.grant);
  try {
    requireScopes(step.grant, provider);
    return await parts.attempts.complete(attempt.id, { ...grant, account });
  } catch (failure) {
    throw await orphanGrant(parts, { attempt, provider, granted: step.grant, grant, failure });
  }
}

function requireScopes({ missing }: Grant, provider: Provider): void {
  if (missing.length === 0) return;
  throw new ConnectError("scope_missing", `${provider.id} did not grant ${missing.join(" ")}`);
}

type GrantedAccess = { account?: Account; credentials: Credentials; scopes: readonly string[] };

type OrphanRequest = {
  attempt: ClaimedAttempt;
  provider: Provider;
  granted: GrantedAccess;
  grant?: SealedGrant;
  failure: unknown;
};

/**
 * Ends the attempt and hands the grant over, in one statement. Where the provider keeps one grant for each account, it
 * takes the place of the account's stored one, which it has ended. Whose it is, a job finds out where the provider did not
 * answer that; one that lacks the permission to be asked stays, for ending it could end another user's connection.
 */
async function orphanGrant(
  parts: StoreGrantDeps,
  { attempt, provider, granted, grant, failure }: OrphanRequest,
): Promise<unknown> {
  const code: FailureCode = failure instanceof ConnectError ? failure.code : "outcome_unknown";
  const { account, credentials } = granted;
  try {
    if (provider.grants === "one per account" && account === undefined && code === "scope_missing") {
      await parts.attempts.fail(attempt.id, code, "unknown account");
      return failure;
    }
    const sealed = grant ?? sealGrant(parts.seals, provider, granted);
    const signedIn = await parts.attempts.failWithGrant(attempt.id, code, { ...sealed, account });
    return signedIn && failure instanceof ConnectError
      ? new ConnectError(code, failure.message, { cause: failure.cause, account: signedIn })
      : failure;
  } catch (lost) {
    // The database does not take it either. What may be ended without asking it, is ended now.
    const errors = [failure, lost];
    if (provider.grants === "many") {
      await provider.revoke?.(credentials).catch((refused: unknown) => errors.push(refused));
    }
    return new AggregateError(errors, "a grant could neither be stored nor handed over", { cause: lost });
  }
}

/** Seals a grant for its row: the account's one, where the provider keeps one grant for each account and it is known whose. */
export function sealGrant(
  seals: Seals,
  provider: Provider,
  { account, credentials, scopes }: GrantedAccess,
): SealedGrant {
  const shared = provider.grants === "one per account";
  const id = shared && account ? accountCredentialId(provider, account.id) : randomUUID();
  const secret = seals.sealCredentials(credentials, { id, provider: provider.id });
  const ends = measureLifetimes(credentials);
  const upkeep = {
    maintainInSeconds: maintenanceDelaySeconds(provider, ends.expiresInSeconds),
    subscribesToEvents: provider.subscribe !== undefined,
  };
  return {
    credential: { id, shared, secret, ...ends, ...upkeep, scopes },
    provider: provider.id,
    client: provider.client,
  };
}
