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
  /** Lets the jobs that run come to their end. */
  stop(): Promise<void>;
}

/** Starts the background work: what a request could not finish at a provider, what is due, and what time ends. */
export async function startWorker(parts: WorkerDeps): Promise<Worker> {
  const heart = createWorkerHeartbeat(parts);
  const options = optionsOf(parts);
  const runner = await superviseRunner((events) => {
    heart.follow(events);
    return run({ ...options, events });
  }, parts.log);
  return {
    async stop() {
      await runner.stop();
      await heart.stop();
    },
  };
}

function optionsOf(parts: WorkerDeps): RunnerOptions {
  const { database, log, concurrency } = parts;
  return {
    pgPool: database.pool,
    taskList: tasks(parts),
    // One at a time, however long it takes: the others must not stand in the way of what keeps connections alive.
    crontab: "*/5 * * * * purge ?max=1&queue=purge",
    concurrency,
    noHandleSignals: true,
    // Stored through its batches, an end that the database does not take is told of. Stored singly, it is a rejection
    // that nobody handles, and ends this process.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    logger: new Logger(() => (level, message) => {
      if (level === "error" || level === "warning") log.warn({ worker: level }, message);
    }),
  };
}

function tasks(parts: WorkerDeps): TaskList {
  const { credentials, revoker, subscribe } = parts;
  const work: Record<CredentialJob, (credential: string) => Promise<unknown>> = {
    revoke: (id) => revoker.revoke(id),
    keep: credentials.maintain,
    check: credentials.verify,
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
