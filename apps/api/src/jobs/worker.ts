import type { CredentialService } from "@patchbay/core/credentials";
import { credentialJobs, webhooksJob, type CredentialJob, type OpenDatabase } from "@patchbay/core/db";
import type { Revoker } from "@patchbay/core/disconnect";
import { Logger, run, type RunnerOptions, type TaskList } from "graphile-worker";
import { z } from "zod";
import { createWorkerHeartbeat } from "./worker-heartbeat.ts";
import { superviseRunner } from "./runner-supervisor.ts";
import { purge, type PurgeDeps } from "./purge.ts";

const payload = z.object({ credential: z.uuid() });

/** What the background work needs. */
export interface WorkerDeps extends PurgeDeps {
  database: OpenDatabase;
  revoker: Revoker;
  credentials: CredentialService;
  /** Tells the provider where to send the events of a credential's account. */
  subscribe: (credential: string) => Promise<void>;
  /** Reads the webhook events that wait. */
  handleWebhooks(): Promise<void>;
  /** How many jobs run at a time. */
  concurrency: number;
}

/** The background work of a process. */
export interface Worker {
  /** Waits until the running jobs have ended, and starts no others. */
  stop(): Promise<void>;
}

/** Starts the background work: what a request could not finish at a provider, what is due, and the purge. */
export async function startWorker(deps: WorkerDeps): Promise<Worker> {
  const heartbeat = createWorkerHeartbeat(deps);
  const options = buildOptions(deps);
  const runner = await superviseRunner((events) => {
    heartbeat.follow(events);
    return run({ ...options, events });
  }, deps.log);
  return {
    async stop() {
      await runner.stop();
      await heartbeat.stop();
    },
  };
}

function buildOptions(deps: WorkerDeps): RunnerOptions {
  const { database, log, concurrency } = deps;
  return {
    pgPool: database.pool,
    schema: database.db.schemas.queue,
    taskList: buildTasks(deps),
    // One at a time, however long it takes: the others must not stand in the way of what keeps connections alive.
    crontab: "*/5 * * * * purge ?max=1&queue=purge",
    concurrency,
    noHandleSignals: true,
    // In batches, a job's end that the database does not store is reported. One by one, it is a rejection that nobody
    // handles, and it ends this process.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    logger: new Logger(() => (level, message) => {
      if (level === "error" || level === "warning") log.warn({ worker: level }, message);
    }),
  };
}

function buildTasks(deps: WorkerDeps): TaskList {
  const { credentials, revoker, subscribe } = deps;
  // The names on the left are stored with the jobs in the database, so they never change.
  const runJob: Record<CredentialJob, (credential: string) => Promise<unknown>> = {
    revoke: (id) => revoker.revoke(id),
    keep: credentials.maintain,
    check: credentials.verify,
    supersede: credentials.supersede,
    erase: credentials.erase,
    subscribe,
  };
  const credentialTasks = Object.entries(runJob).map(([job, carryOut]) => [
    credentialJobs[job as CredentialJob],
    async (input: unknown) => {
      await carryOut(payload.parse(input).credential);
    },
  ]);
  return {
    ...(Object.fromEntries(credentialTasks) as TaskList),
    [webhooksJob]: () => deps.handleWebhooks(),
    purge: () => purge(deps),
  };
}
