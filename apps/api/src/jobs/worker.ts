import { purgeAttempts, revocationJob, type OpenDatabase } from "@patchbay/core/db";
import type { Revoker } from "@patchbay/core/disconnect";
import { Logger, run, type TaskList } from "graphile-worker";
import { z } from "zod";
import type { Log } from "../log.ts";

const revocation = z.object({ credential: z.uuid() });

export interface WorkerParts {
  database: OpenDatabase;
  revoker: Revoker;
  /** Ends walks that nobody finished, at their providers too. */
  abandonOverdue(): Promise<number>;
  log: Log;
}

/** Starts the background work: what a request could not finish at a provider, and what time ends. */
export async function startWorker({
  database,
  revoker,
  log,
  ...parts
}: WorkerParts): Promise<{ stop(): Promise<void> }> {
  const taskList: TaskList = {
    [revocationJob]: async (payload) => {
      await revoker.revoke(revocation.parse(payload).credential);
    },
    purge: async () => {
      const walks = await parts.abandonOverdue();
      if (walks > 0) log.info({ walks }, "abandoned");
      const attempts = await purgeAttempts(database.db);
      if (attempts > 0) log.info({ attempts }, "purged");
    },
  };
  const runner = await run({
    pgPool: database.pool,
    taskList,
    crontab: "*/5 * * * * purge ?max=1",
    concurrency: 4,
    noHandleSignals: true,
    logger: new Logger(() => (level, message) => {
      if (level === "error" || level === "warning") log.warn({ worker: level }, message);
    }),
  });
  return { stop: () => runner.stop() };
}
