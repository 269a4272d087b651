import { randomUUID } from "node:crypto";
import { ConnectError, type FailureCode } from "../errors.ts";
import type { Account, Credentials, Grant, Provider, Step } from "../provider.ts";
import type { Seals } from "../vault/index.ts";
import { accountCredentialId } from "./account-credential.ts";
import type { Attempts, ClaimedAttempt, Connection, NewGrant, SealedCredential, StrandedGrant } from "./attempts.ts";
import { keepIn, lifetimes } from "../lifetimes.ts";

type Parts = { attempts: Attempts; seals: Seals };
type Settling = { attempt: ClaimedAttempt; provider: Provider; step: Step };

/** Stores what a walk ended with. A grant that cannot be kept is handed over for revocation, and the reason thrown. */
export async function settle(parts: Parts, { attempt, provider, step }: Settling): Promise<Connection> {
  if (step.type === "stranded") {
    throw await strand(parts, { attempt, provider, credentials: step.credentials, failure: step.failure });
  }
  if (step.type !== "connected") throw new ConnectError("provider_misbehaved", `a return led to "${step.type}"`);
  const { account, credentials } = step.grant;
  try {
    requireScopes(step.grant, provider);
    return await parts.attempts.connect(attempt.id, newGrant(parts.seals, provider, step.grant));
  } catch (failure) {
    throw await strand(parts, { attempt, provider, credentials, account, failure });
  }
}

function requireScopes({ missing }: Grant, provider: Provider): void {
  if (missing.length === 0) return;
  throw new ConnectError("scope_missing", `${provider.id} did not grant ${missing.join(" ")}`);
}

function newGrant(seals: Seals, provider: Provider, { account, credentials, scopes }: Grant): NewGrant {
  const sealed = sealedCredential(seals, provider, { credentials, account });
  const upkeep = { keepIn: keepIn(provider, sealed.lasts), subscribes: provider.subscribe !== undefined };
  return { credential: { ...sealed, ...upkeep, scopes }, client: provider.client, account };
}

type Stranding = {
  attempt: ClaimedAttempt;
  provider: Provider;
  credentials: Credentials;
  account?: Account;
  failure: unknown;
};

/**
 * Ends the attempt and leaves the grant to the revocation job, in one statement. Where the provider keeps one grant for
 * each account, revoking it could end another user's connection: then the account must be known, and unused.
 */
async function strand(parts: Parts, { attempt, provider, failure, ...grant }: Stranding): Promise<unknown> {
  const code: FailureCode = failure instanceof ConnectError ? failure.code : "outcome_unknown";
  const revocable = provider.revoke !== undefined && (provider.grants === "many" || grant.account !== undefined);
  const stranded: StrandedGrant | "of nobody known" | undefined = revocable
    ? {
        credential: sealedCredential(parts.seals, provider, grant),
        client: provider.client,
        externalId: grant.account?.id,
      }
    : grant.account
      ? undefined
      : "of nobody known";
  try {
    await parts.attempts.fail(attempt.id, code, stranded);
    return failure;
  } catch (lost) {
    // The database does not take it either. What may be ended without asking it, is ended now.
    if (provider.grants === "many") await provider.revoke?.(grant.credentials);
    return new AggregateError([failure, lost], "a grant could neither be stored nor handed over");
  }
}

function sealedCredential(
  seals: Seals,
  provider: Provider,
  { credentials, account }: { credentials: Credentials; account?: Account },
): SealedCredential {
  const shared = provider.grants === "one per account";
  const id = shared && account ? accountCredentialId(provider, account.id) : randomUUID();
  const secret = seals.sealCredentials(credentials, { id, provider: provider.id });
  return { id, shared, secret, ...lifetimes(credentials) };
}
