import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Runner, WorkerEvents } from "graphile-worker";
import type { Log } from "../log.ts";

/** Starts a runner of graphile-worker, which tells through these events what becomes of it. */
export type StartRunner = (events: WorkerEvents) => Promise<Runner>;

type SupervisedRunner = {
  /** Resolves with the reason once the runner does no jobs any more, or has lost one. */
  over: Promise<unknown>;
  end(): Promise<void>;
};

/**
 * What leaves a job locked that nobody does: it is done and that could not be stored, or it was taken and the answer did
 * not come. Only a runner of another name lets the heart free what the old one had.
 */
const fatalEvents = ["pool:fatalError", "worker:getJob:error"] as const;

const firstPauseMs = 500;
const maxPauseMs = 10_000;
const healthyMs = 60_000;

/**
 * Keeps a runner going: graphile-worker ends its own for good where the database was away at the wrong moment. Another is
 * begun then, after a pause that grows while they are short of breath. Throws where the first cannot begin.
 */
export async function superviseRunner(start: StartRunner, log: Log): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  const loop = superviseLoop(await startRunner(start));

  async function superviseLoop(runner: SupervisedRunner): Promise<void> {
    let pause = firstPauseMs;
    for (;;) {
      const began = performance.now();
      const reason = await Promise.race([runner.over, stopped]);
      if (signal.aborted) return await runner.end();
      log.warn({ err: reason }, "worker restarted");
      // Not waited for: it may still do jobs, and may never say that it has ended.
      void runner.end();
      pause = performance.now() - began > healthyMs ? firstPauseMs : Math.min(maxPauseMs, pause * 2);
      await sleep(pause, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      runner = await startRunner(start).catch(failedRunner);
    }
  }

  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

async function startRunner(start: StartRunner): Promise<SupervisedRunner> {
  const events: WorkerEvents = new EventEmitter();
  const over = Promise.withResolvers<unknown>();
  for (const event of fatalEvents) events.once(event, ({ error }: { error: unknown }) => over.resolve(error));
  const runner = await start(events);
  runner.promise.then(() => over.resolve(undefined), over.resolve);
  // It refuses where it has stopped by itself before.
  return { over: over.promise, end: () => Promise.resolve(runner.stop()).catch(() => {}) };
}

function failedRunner(reason: unknown): SupervisedRunner {
  return { over: Promise.resolve(reason), end: () => Promise.resolve() };
}
