import { setInterval } from "node:timers";
import { beat, leave, wakeWebhooks, type OpenDatabase } from "@patchbay/core/db";
import type { WorkerEvents } from "graphile-worker";
import type { Log } from "../log.ts";

/** Says every few seconds that this process lives. */
export interface Heart {
  /** From here on for the pool that these events tell of. The one before is no longer said to live. */
  follow(events: WorkerEvents): void;
  stop(): Promise<void>;
}

const beatMs = 5_000;

/** A heart of what works on this database. The pool's name is what its jobs are locked by. */
export function createHeart({ database, log }: { database: OpenDatabase; log: Log }): Heart {
  let pool: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const tick = async () => {
    if (pool === undefined) return;
    const gone = await beat(database.db, pool);
    if (gone > 0) log.warn({ workers: gone }, "jobs of processes that are gone were freed");
    await wakeWebhooks(database.db);
  };
  const ticking = () => void tick().catch((failure: unknown) => log.warn({ err: failure }, "no beat"));
  return {
    follow(events) {
      events.once("pool:create", ({ workerPool }) => {
        pool = workerPool.id;
        timer ??= setInterval(ticking, beatMs).unref();
        ticking();
      });
    },
    async stop() {
      clearInterval(timer);
      if (pool !== undefined) await leave(database.db, pool).catch(() => {});
    },
  };
}
