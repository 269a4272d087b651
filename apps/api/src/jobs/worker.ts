import { EventEmitter } from "node:events";
import { setInterval } from "node:timers";
import type { CredentialCalls } from "@patchbay/core/credentials";
import {
  beat,
  credentialJobs,
  leave,
  purgeAttempts,
  purgeEvents,
  wakeWebhooks,
  webhooksJob,
  type CredentialJob,
  type OpenDatabase,
} from "@patchbay/core/db";
import type { Revoker } from "@patchbay/core/disconnect";
import { Logger, run, type TaskList, type WorkerEvents } from "graphile-worker";
import { z } from "zod";
import type { Log } from "../log.ts";

const payload = z.object({ credential: z.uuid() });

export interface WorkerParts {
  database: OpenDatabase;
  revoker: Revoker;
  credentials: CredentialCalls;
  /** Tells the provider where to send the events of a credential's account. */
  subscribe: (credential: string) => Promise<void>;
  /** Reads the webhook events that wait. */
  handleWebhooks(): Promise<void>;
  /** Ends walks that nobody finished, at their providers too. */
  abandonOverdue: () => Promise<number>;
  log: Log;
  /** How many jobs run at a time. */
  concurrency: number;
}

export interface Worker {
  stop(): Promise<void>;
}

/** Starts the background work: what a request could not finish at a provider, what is due, and what time ends. */
export async function startWorker(parts: WorkerParts): Promise<Worker> {
  const { database, log, concurrency } = parts;
  const events: WorkerEvents = new EventEmitter();
  const heart = startHeart(parts, events);
  const runner = await run({
    pgPool: database.pool,
    taskList: tasks(parts),
    events,
    crontab: "*/5 * * * * purge ?max=1",
    concurrency,
    noHandleSignals: true,
    logger: new Logger(() => (level, message) => {
      if (level === "error" || level === "warning") log.warn({ worker: level }, message);
    }),
  });
  return {
    async stop() {
      await runner.stop();
      await heart.stop();
    },
  };
}

function tasks(parts: WorkerParts): TaskList {
  const { credentials, revoker, subscribe } = parts;
  const work: Record<CredentialJob, (credential: string) => Promise<unknown>> = {
    revoke: (id) => revoker.revoke(id),
    keep: credentials.keep,
    check: credentials.check,
    supersede: credentials.supersede,
    erase: credentials.erase,
    subscribe,
  };
  const aboutCredentials = Object.entries(work).map(([job, carryOut]) => [
    credentialJobs[job as CredentialJob],
    async (input: unknown) => {
      await carryOut(payload.parse(input).credential);
    },
  ]);
  return {
    ...(Object.fromEntries(aboutCredentials) as TaskList),
    [webhooksJob]: () => parts.handleWebhooks(),
    purge: () => purge(parts),
  };
}

async function purge({ database, log, abandonOverdue }: WorkerParts): Promise<void> {
  const walks = await abandonOverdue();
  if (walks > 0) log.info({ walks }, "abandoned");
  const attempts = await purgeAttempts(database.db);
  if (attempts > 0) log.info({ attempts }, "purged");
  const events = await purgeEvents(database.db);
  if (events > 0) log.info({ events }, "purged");
}

const beatMs = 5_000;

/** Says every few seconds that this process lives. The pool's name is what its jobs are locked by. */
function startHeart({ database, log }: WorkerParts, events: WorkerEvents): Worker {
  let pool: string | undefined;
  const tick = async () => {
    if (pool === undefined) return;
    const gone = await beat(database.db, pool);
    if (gone > 0) log.warn({ workers: gone }, "jobs of processes that are gone were freed");
    await wakeWebhooks(database.db);
  };
  const ticking = () => void tick().catch((failure: unknown) => log.warn({ err: failure }, "no beat"));
  events.once("pool:create", ({ workerPool }) => {
    pool = workerPool.id;
    ticking();
  });
  const timer = setInterval(ticking, beatMs).unref();
  return {
    async stop() {
      clearInterval(timer);
      if (pool !== undefined) await leave(database.db, pool).catch(() => {});
    },
  };
}
