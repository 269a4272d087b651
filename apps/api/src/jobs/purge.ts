import type { Registry } from "@patchbay/core/registry";
import {
  endUnheld,
  forgetUnknown,
  scheduleRevocations,
  scheduleMaintenance,
  purgeAttempts,
  purgeEvents,
  purgeSessions,
  purgeRateLimits,
  purgeVerifications,
  purgeFailedVerifications,
  type OpenDatabase,
} from "@patchbay/core/db";
import type { Log } from "../log.ts";

/** What the purge needs. */
export interface PurgeDeps {
  database: Pick<OpenDatabase, "db">;
  registry: Registry;
  /** Ends walks that nobody finished, at their providers too. */
  abandonOverdue: () => Promise<number>;
  log: Log;
}

/** What time brings: ends and deletes what is over, and finds what nobody looks after. */
export async function purge({ database: { db }, registry, abandonOverdue, log }: PurgeDeps): Promise<void> {
  // What asks providers itself comes last: it may take its time.
  const chores = {
    "credentials that nobody holds are being ended": () => endUnheld(db),
    "grants of unknown accounts forgotten": () => forgetUnknown(db),
    "credentials taken into upkeep": () => scheduleMaintenance(db, keptOf(registry)),
    "revocations taken up again": () => scheduleRevocations(db),
    "attempts purged": () => purgeAttempts(db),
    "failed verifications purged": () => purgeFailedVerifications(db),
    "events purged": () => purgeEvents(db),
    "rate limits purged": () => purgeRateLimits(db),
    "sessions purged": () => purgeSessions(db),
    "verifications purged": () => purgeVerifications(db),
    "logins abandoned": abandonOverdue,
  };
  for (const [what, carryOut] of Object.entries(chores)) {
    try {
      const count = await carryOut();
      if (count > 0) log.info({ count }, what);
    } catch (failure) {
      // None of them is a reason to leave out the others.
      log.warn({ err: failure }, `not done: ${what}`);
    }
  }
}

function keptOf(registry: Registry) {
  const providers = [...registry.values()].flatMap(({ provider }) => provider ?? []);
  const idsWith = (means: "refresh" | "probe") => providers.filter((one) => one[means]).map(({ id }) => id);
  return { renewed: idsWith("refresh"), probed: idsWith("probe") };
}
