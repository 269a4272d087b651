import { randomUUID } from "node:crypto";
import { getProviderOfApp } from "../registry.ts";
import { ConnectError } from "../errors.ts";
import { exclusiveLeaseSeconds } from "../leases.ts";
import type { CredentialPayload, Provider } from "../provider.ts";
import type { CredentialDeps } from "./refresh.ts";
import { assertActive, type UsableCredential } from "./access-token.ts";
import type { ConnectionCredential, CredentialRow } from "./credential-store.ts";

/** What a back end may have, and the lease that it holds. */
export interface IssueRequest {
  /** The application whose connections the caller sees. */
  application: string;
  /** Whether the caller may have credentials of this provider. `isExclusive`: they are issued to one holder at a time. */
  isAllowed(provider: string, isExclusive: boolean): boolean;
  /** The lease from an earlier answer, to prolong it. */
  lease?: string | undefined;
}

/** A credential that works, for a product's back end. `expiresAt` is ISO 8601, or null if there is no known end. */
export type IssuedCredential = CredentialPayload & {
  connection: number;
  provider: string;
  scopes: string[];
  account: ConnectionCredential["account"];
  expiresAt: string | null;
  /** Until when the caller alone has it, and the id to show to prolong that. */
  lease?: { id: string; until: string };
};

type IssueDeps = CredentialDeps & { getUsable(row: CredentialRow): Promise<UsableCredential> };

/**
 * Issues the credential of a connection: one read, and a refresh only if the token does not last. Throws
 * `connection_unknown`, `connection_pending`, `needs_reconnect` with a reason, `too_many_requests` if another holder has the exclusive lease,
 * and the provider's failure if a token that has ended cannot be refreshed now.
 */
export async function issueCredential(
  deps: IssueDeps,
  connection: number,
  request: IssueRequest,
): Promise<IssuedCredential> {
  const found = await deps.store.findByConnection(connection);
  if (found === undefined || found.application !== request.application)
    throw new ConnectError("connection_unknown", "no such connection");
  const isExclusive = deps.registry.get(found.provider)?.exclusiveLease === true;
  if (!request.isAllowed(found.provider, isExclusive))
    throw new ConnectError("connection_unknown", "not a provider of this key");
  if (found.isPending) throw new ConnectError("connection_pending", "its back end has not approved it yet");
  const provider = getProviderOfApp(deps.registry, found);
  if (isExclusive) return await issueExclusively(deps, { found, provider, lease: request.lease });
  const { row, credentials } = await deps.getUsable(found);
  return { ...provider.buildPayload(credentials), ...describeConnection(found, row.remainingMs) };
}

type ExclusiveRequest = { found: ConnectionCredential; provider: Provider; lease: string | undefined };

async function issueExclusively(
  { store, seals }: IssueDeps,
  { found, provider, lease: previous }: ExclusiveRequest,
): Promise<IssuedCredential> {
  assertActive(found);
  const payload = provider.buildPayload(seals.openCredentials(found.secret, found));
  const lease = randomUUID();
  const acquired = await store.acquireExclusiveLease(found.id, { lease, previous }, exclusiveLeaseSeconds);
  if (acquired.type === "busy") {
    throw new ConnectError("too_many_requests", "lent to another holder", {
      retryAfter: acquired.seconds,
      field: "lease",
    });
  }
  return { ...payload, ...describeConnection(found, null), lease: { id: lease, until: acquired.until.toISOString() } };
}

function describeConnection({ connection, provider, scopes, account }: ConnectionCredential, remaining: number | null) {
  const expiresAt = remaining === null ? null : new Date(Date.now() + remaining).toISOString();
  return { connection, provider, scopes, account, expiresAt };
}
