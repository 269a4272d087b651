import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError } from "../errors.ts";
import type { Credentials } from "../provider.ts";
import { accountPausedError, isGrantDead } from "./failures.ts";
import { createSingleFlight } from "./single-flight.ts";
import { refreshCredential, type CredentialDeps } from "./refresh.ts";
import type { CredentialRow } from "./credential-store.ts";

/** A credential whose access token works: its row, and its opened tokens. */
export type UsableCredential = { row: CredentialRow; credentials: Credentials };

/** A token that ends sooner than this is refreshed before it is issued. */
const maxMarginMs = 60_000;
const firstPollMs = 20;
const maxPollMs = 250;
/** How long a caller waits for the refresh of another process. */
const patienceMs = 20_000;
/** How long the caller that starts a refresh waits for the new token before it gets the still valid one. */
const courtesyMs = 1_000;

/** Whether the access token lasts for a call: longer than a minute, or than a tenth of its life if that is shorter. */
export function isUsable({ remainingMs, lifetimeMs }: CredentialRow): boolean {
  return remainingMs === null || remainingMs > Math.min(maxMarginMs, (lifetimeMs ?? 0) / 10);
}

/** Whether the access token can still be issued, even after a moment's wait. */
function isServable({ status, remainingMs }: CredentialRow): boolean {
  return status === "active" && remainingMs !== null && remainingMs > 2 * courtesyMs;
}

/** Throws for a credential that is not active: `needs_reconnect` with the reason, or `connection_unknown`. */
export function assertActive({ status, reason }: CredentialRow): void {
  if (status === "active") return;
  if (status === "disconnecting") throw new ConnectError("connection_unknown", "it is being disconnected");
  throw new ConnectError("needs_reconnect", `the credential is ${status}`, reason === null ? {} : { reason });
}

/**
 * Creates the function that gives credentials that work, and refreshes them if they do not last. In this process, one refresh serves all callers. A
 * caller whose token is still valid does not wait for a running refresh; the caller that starts it waits a moment.
 */
export function createGetUsable(deps: CredentialDeps) {
  const refreshes = createSingleFlight<UsableCredential>();
  return async (row: CredentialRow): Promise<UsableCredential> => {
    assertActive(row);
    if (isUsable(row)) return openCredential(deps, row);
    if (isServable(row) && refreshes.isRunning(row.id)) return openCredential(deps, row);
    const refresh = refreshes.run(row.id, () => refreshOrWait(deps, row));
    if (!isServable(row) || (await settlesWithin(courtesyMs, refresh))) return await refresh;
    deps.trackInBackground(refresh);
    return openCredential(deps, row);
  };
}

/** Waits for work for a time at most. Gives whether it has settled by then, with a result or a failure. */
async function settlesWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const timeout = new AbortController();
  const yes = () => true;
  const isSettled = await Promise.race([work.then(yes, yes), sleep(ms, false, { signal: timeout.signal }).catch(yes)]);
  timeout.abort();
  return isSettled;
}

/**
 * Refreshes, or waits for the process that does. A token that is still valid is issued meanwhile, and also if the provider
 * gives no new one, unless it says that the grant is dead.
 */
async function refreshOrWait(deps: CredentialDeps, firstRow: CredentialRow): Promise<UsableCredential> {
  const giveUpAt = performance.now() + patienceMs;
  let row = firstRow;
  for (let pause = firstPollMs; ; pause = Math.min(maxPollMs, pause * 1.5)) {
    const startedAt = performance.now();
    const outcome = await refreshCredential(deps, row).catch((failure: unknown) => {
      row = subtractElapsed(row, performance.now() - startedAt);
      if (isServable(row) && failure instanceof ConnectError && !isGrantDead(failure)) return undefined;
      throw failure;
    });
    if (outcome === undefined) return openCredential(deps, row);
    if (outcome.type === "missing") throw new ConnectError("connection_unknown", "disconnected meanwhile");
    row = outcome.row;
    assertActive(row);
    if (outcome.type === "fresh") return outcome;
    if (outcome.type === "stale" ? isUsable(row) : isServable(row)) return openCredential(deps, row);
    if (outcome.type === "backing_off")
      throw row.reason === "account_paused" ? accountPausedError() : retryLater(outcome.seconds);
    if (performance.now() > giveUpAt) throw retryLater(5);
    if (outcome.type === "busy") await sleep(pause);
  }
}

/** Subtracts the time of a failed call: the token may have ended meanwhile. */
function subtractElapsed(row: CredentialRow, ms: number): CredentialRow {
  return row.remainingMs === null ? row : { ...row, remainingMs: row.remainingMs - ms };
}

function openCredential({ seals }: CredentialDeps, row: CredentialRow): UsableCredential {
  return { row, credentials: seals.openCredentials(row.secret, row) };
}

function retryLater(retryAfter: number): ConnectError {
  return new ConnectError("provider_unavailable", "the token could not be refreshed yet", {
    retryAfter: Math.max(1, Math.ceil(retryAfter)),
  });
}
