import { settlesWithin } from "./run-until-signal.ts";
import type { InFlight } from "./in-flight.ts";
import type { Log } from "./log.ts";

/** What a process closes when it stops, in this order. */
export type Closing = (() => Promise<unknown>)[];

/** How long a stop waits for requests that are under way. */
export const drainMs = 15_000;
/** Longer than a probe and a refresh may take together at a provider. The scripts wait longer than this. */
const finishMs = 30_000;

/** What a shutdown waits for and closes. */
export interface ShutdownDeps {
  inFlight: InFlight;
  log: Log;
  closing: Closing;
}

/**
 * Waits for the last requests and jobs and for the calls that they left in the background, and then closes what these needed.
 * Tokens that a provider has just issued are lost if the database is closed before they are stored; after 30 seconds the
 * process stops anyway.
 */
export async function shutDown({ inFlight, log, closing }: ShutdownDeps, last: Promise<unknown>): Promise<void> {
  const settled = last.then(() => inFlight.drained());
  const done = await settlesWithin(finishMs, settled).catch((failure: unknown) =>
    log.error({ err: failure }, "not stopped"),
  );
  if (done === false) log.warn("stopped before everything was done");
  await closeAll(closing, log);
}

/** Closes each part, even if another one fails. */
export async function closeAll(closing: Closing, log: Log): Promise<void> {
  for (const close of closing) await close().catch((failure: unknown) => log.warn({ err: failure }, "not closed"));
}
