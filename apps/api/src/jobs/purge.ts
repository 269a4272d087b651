import type { Registry } from "@patchbay/core/registry";
import {
  endUnheld,
  forgetIdempotencyKeys,
  forgetUnknown,
  scheduleRevocations,
  scheduleMaintenance,
  purgeAttempts,
  purgeConnectSessions,
  purgeEvents,
  purgeSessions,
  purgeRateLimits,
  purgeVerifications,
  purgeFailedVerifications,
  removeUnapproved,
  type OpenDatabase,
} from "@patchbay/core/db";
import type { Log } from "../log.ts";

/** What the purge needs. */
export interface PurgeDeps {
  database: Pick<OpenDatabase, "db">;
  registry: Registry;
  /** Abandons logins that nobody finished, at their providers too. */
  abandonOverdue: () => Promise<number>;
  log: Log;
}

/** Ends and deletes what is over, and adds the jobs of credentials that have lost theirs. */
export async function purge({ database: { db }, registry, abandonOverdue, log }: PurgeDeps): Promise<void> {
  // The one that calls providers comes last: it may take long.
  const chores = {
    "connections that nobody approved removed": () => removeUnapproved(db),
    "credentials that nobody holds are being ended": () => endUnheld(db),
    "grants of unknown accounts forgotten": () => forgetUnknown(db),
    "maintenance jobs added": () => scheduleMaintenance(db, listMaintained(registry)),
    "revocation jobs added": () => scheduleRevocations(db),
    "attempts purged": () => purgeAttempts(db),
    "failed verifications purged": () => purgeFailedVerifications(db),
    "events purged": () => purgeEvents(db),
    "rate limits purged": () => purgeRateLimits(db),
    "idempotency keys forgotten": () => forgetIdempotencyKeys(db),
    "connect sessions purged": () => purgeConnectSessions(db),
    "sessions purged": () => purgeSessions(db),
    "verifications purged": () => purgeVerifications(db),
    "logins abandoned": abandonOverdue,
  };
  for (const [what, carryOut] of Object.entries(chores)) {
    try {
      const count = await carryOut();
      if (count > 0) log.info({ count }, what);
    } catch (failure) {
      // The others are done all the same.
      log.warn({ err: failure }, `not done: ${what}`);
    }
  }
}

function listMaintained(registry: Registry) {
  const providers = [...registry.values()].flatMap(({ provider }) => provider ?? []);
  const idsWith = (ability: "refresh" | "probe") => providers.filter((one) => one[ability]).map(({ id }) => id);
  return { renewed: idsWith("refresh"), probed: idsWith("probe") };
}
