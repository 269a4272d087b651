import { randomUUID } from "node:crypto";
import { ConnectError, type FailureCode } from "../errors.ts";
import type { Account, Credentials, Grant, Provider, Step } from "../provider.ts";
import { maintenanceDelaySeconds, measureLifetimes } from "../lifetimes.ts";
import type { Seals } from "../vault/index.ts";
import { accountCredentialId } from "./account-credential.ts";
import type { Connection } from "./attempt-store.ts";
import type { ConnectDeps } from "./connect-deps.ts";
import type { SealedGrant } from "./sealed-grant.ts";

type LastStep = { attemptId: Buffer; provider: Provider; step: Step };

/** Stores the grant of an attempt's last step as a connection. A grant that cannot become one is orphaned, and the reason thrown. */
export async function storeGrant(deps: ConnectDeps, { attemptId, provider, step }: LastStep): Promise<Connection> {
  if (step.type === "orphaned") {
    const { credentials, scopes = [], failure } = step;
    throw await orphanGrant(deps, { attemptId, provider, granted: { credentials, scopes }, failure });
  }
  if (step.type !== "connected") throw new Error(`the last step of an attempt at ${provider.id} is "${step.type}"`);
  const { account } = step.grant;
  // Sealed once, under one id: if the database stored it and its answer was lost, the second write finds it.
  const grant = sealGrant(deps.seals, provider, step.grant);
  try {
    requireScopes(step.grant, provider);
    return await deps.attempts.complete(attemptId, { ...grant, account });
  } catch (failure) {
    throw await orphanGrant(deps, { attemptId, provider, granted: step.grant, grant, failure });
  }
}

function requireScopes({ missing }: Grant, provider: Provider): void {
  if (missing.length === 0) return;
  throw new ConnectError("scope_missing", `${provider.id} did not grant ${missing.join(" ")}`);
}

type GrantedAccess = { account?: Account; credentials: Credentials; scopes: readonly string[] };

type OrphanRequest = {
  attemptId: Buffer;
  provider: Provider;
  granted: GrantedAccess;
  grant?: SealedGrant;
  failure: unknown;
};

/**
 * Ends the attempt and stores the grant without a connection, in one statement. Gives the failure to throw. If the provider
 * keeps one grant for each account, the new one has ended the account's stored one and takes its place. If the account is
 * not known, a job asks for it, unless the grant lacks the permission to be asked: that grant stays at the provider, because
 * revoking it could end another user's connection.
 */
export async function orphanGrant(
  { attempts, seals }: ConnectDeps,
  { attemptId, provider, granted, grant, failure }: OrphanRequest,
): Promise<unknown> {
  const code: FailureCode = failure instanceof ConnectError ? failure.code : "outcome_unknown";
  const { account, credentials } = granted;
  try {
    if (provider.grants === "one per account" && account === undefined && code === "scope_missing") {
      await attempts.fail(attemptId, code, "unknown account");
      return failure;
    }
    const sealed = grant ?? sealGrant(seals, provider, granted);
    const signedIn = await attempts.failWithGrant(attemptId, code, { ...sealed, account });
    return signedIn && failure instanceof ConnectError
      ? new ConnectError(code, failure.message, { cause: failure.cause, account: signedIn })
      : failure;
  } catch (writeFailure) {
    // The database does not store it. A grant that stands alone is revoked without it.
    const errors = [failure, writeFailure];
    if (provider.grants === "many") {
      await provider.revoke?.(credentials).catch((revokeFailure: unknown) => errors.push(revokeFailure));
    }
    return new AggregateError(errors, "a grant could neither be stored as a connection nor as an orphaned grant", {
      cause: writeFailure,
    });
  }
}

/** Seals a grant for its row. If the provider keeps one grant for each account and the account is known, that is the account's row. */
export function sealGrant(
  seals: Seals,
  provider: Provider,
  { account, credentials, scopes }: GrantedAccess,
): SealedGrant {
  const shared = provider.grants === "one per account";
  const id = shared && account ? accountCredentialId(provider, account.id) : randomUUID();
  const secret = seals.sealCredentials(credentials, { id, provider: provider.id });
  const ends = measureLifetimes(credentials);
  const maintenance = {
    maintainInSeconds: maintenanceDelaySeconds(provider, ends.expiresInSeconds),
    subscribesToEvents: provider.subscribe !== undefined,
  };
  return {
    credential: { id, shared, secret, ...ends, ...maintenance, scopes },
    provider: provider.id,
    client: provider.client,
  };
}
