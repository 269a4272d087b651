import { setInterval } from "node:timers";
import { recordHeartbeat, deregisterWorker, wakeWebhooks, type OpenDatabase } from "@patchbay/core/db";
import type { WorkerEvents } from "graphile-worker";
import type { Log } from "../log.ts";

/** Says every few seconds that this process lives. */
export interface WorkerHeartbeat {
  /** From here on for the pool that these events tell of. The one before is no longer said to live. */
  follow(events: WorkerEvents): void;
  stop(): Promise<void>;
}

const heartbeatMs = 5_000;

/** A heart of what works on this database. The pool's name is what its jobs are locked by. */
export function createWorkerHeartbeat({ database, log }: { database: OpenDatabase; log: Log }): WorkerHeartbeat {
  let pool: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const tick = async () => {
    if (pool === undefined) return;
    const gone = await recordHeartbeat(database.db, pool);
    if (gone > 0) log.warn({ workers: gone }, "jobs of dead workers released");
    await wakeWebhooks(database.db);
  };
  const ticking = () => void tick().catch((failure: unknown) => log.warn({ err: failure }, "worker heartbeat failed"));
  return {
    follow(events) {
      events.once("pool:create", ({ workerPool }) => {
        pool = workerPool.id;
        timer ??= setInterval(ticking, heartbeatMs).unref();
        ticking();
      });
    },
    async stop() {
      clearInterval(timer);
      if (pool !== undefined) await deregisterWorker(database.db, pool).catch(() => {});
    },
  };
}
