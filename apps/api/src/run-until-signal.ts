import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { WrongDatabase } from "@patchbay/core/db";
import { ConfigError } from "./config/config.ts";

/**
 * Starts a program and keeps it until it is told to stop; told while it starts, it gives up waiting, or stops as soon as
 * it has started. What the operator can mend is said without a stack.
 */
export async function runUntilSignal(start: (told: AbortSignal) => Promise<{ stop(): Promise<void> }>): Promise<void> {
  const stopping = new AbortController();
  const told = nextSignal().then(() => stopping.abort());
  try {
    const running = await start(stopping.signal);
    await told;
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
  const enough = new AbortController();
  const late = sleep(ms, false, { signal: enough.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    enough.abort();
  }
}
