import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { WrongDatabase } from "@patchbay/core/db";
import { ConfigError } from "./config/config.ts";

/**
 * Starts a program and stops it at the first SIGINT or SIGTERM. If the signal comes while the program starts, it stops waiting,
 * or stops as soon as it has started. Errors that the operator can correct are printed without a stack.
 */
export async function runUntilSignal(
  start: (stopping: AbortSignal) => Promise<{ stop(): Promise<void> }>,
): Promise<void> {
  const stopping = new AbortController();
  const signalReceived = nextSignal().then(() => stopping.abort());
  try {
    const running = await start(stopping.signal);
    await signalReceived;
    await running.stop();
  } catch (failure) {
    if (stopping.signal.aborted && failure instanceof Error && failure.name === "AbortError") return;
    const known = failure instanceof ConfigError || failure instanceof WrongDatabase || isBusyPort(failure);
    process.stderr.write(`${known && failure instanceof Error ? failure.message : inspect(failure)}\n`);
    process.exitCode = 1;
  }
}

function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
  });
}

function isBusyPort(failure: unknown): boolean {
  return failure instanceof Error && "code" in failure && failure.code === "EADDRINUSE";
}

/** Waits for something, but not for ever. Gives whether it came. */
export async function settlesWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const timeout = new AbortController();
  const late = sleep(ms, false, { signal: timeout.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    timeout.abort();
  }
}
