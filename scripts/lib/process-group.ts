import type { Lock } from "./lockfile.ts";

/** How a process ended: its exit code, and the same in words. */
export type Exit = { code: number; how: string };

/** Something that runs until it is stopped. */
export type ManagedProcess = {
  name: string;
  pid: number | undefined;
  exited: Promise<Exit>;
  /** The last lines of its output, if that went to a file. */
  lastLines(): string;
  /** Asks it to stop, and kills it once `hurry` is aborted. */
  stop(hurry: AbortSignal): Promise<void>;
};

/** The processes of one run, which end together. */
export type ProcessGroup = {
  /** Adds a process that has to keep running: when it exits, the whole group stops. */
  add(managed: ManagedProcess): void;
  /** Waits for a process that comes to an end. Never returns once the group is being stopped. */
  finish(managed: ManagedProcess): Promise<Exit>;
};

const never = new Promise<never>(() => {});

type Ending = { code: number; message: string };
type ProcessGroupOptions = {
  lock?: Lock;
  begin: (group: ProcessGroup) => Promise<void>;
  /** The exit code after a signal. */
  interrupted?: number;
};

/**
 * Runs what `begin` adds until a signal comes, a process exits by itself or `begin` throws. Then stops everything, the last
 * started first, and ends this process. An `ExitCode` that is thrown ends it without a message.
 */
export async function runProcessGroup({ lock, begin, interrupted = 0 }: ProcessGroupOptions): Promise<never> {
  const running: ManagedProcess[] = [];
  const ending = Promise.withResolvers<Ending>();
  const hurry = new AbortController();
  let stopping = false;
  const watch = (managed: ManagedProcess): void => {
    running.push(managed);
    if (managed.pid !== undefined) lock?.addChild(managed.name, managed.pid);
    if (stopping) void managed.stop(AbortSignal.abort());
  };
  const group: ProcessGroup = {
    add(managed) {
      watch(managed);
      void managed.exited.then((exit) => ending.resolve({ code: 1, message: exitMessage(managed, exit) }));
    },
    async finish(managed) {
      watch(managed);
      const exit = await managed.exited;
      // A process that was stopped has no result to go on with.
      if (stopping) return await never;
      running.splice(running.indexOf(managed), 1);
      return exit;
    },
  };
  onStop({ first: () => ending.resolve({ code: interrupted, message: "Stopping…" }), again: () => hurry.abort() });
  begin(group).catch((error: unknown) => ending.resolve(toEnding(error)));
  const { code, message } = await ending.promise;
  stopping = true;
  lock?.markStopping();
  if (message !== "") console.error(`\n${message}`);
  for (const managed of running.toReversed()) await managed.stop(hurry.signal);
  lock?.release();
  process.exit(code);
}

/** Thrown to end a run with an exit code and no further message. */
export class ExitCode extends Error {
  override name = "ExitCode";
  readonly code: number;

  constructor(code: number) {
    super(`exit code ${code}`);
    this.code = code;
  }
}

function toEnding(error: unknown): Ending {
  return error instanceof ExitCode ? { code: error.code, message: "" } : { code: 1, message: errorMessage(error) };
}

/** Calls `first` on the first signal, and `again` on later ones. One Ctrl-C can arrive twice: within 300 ms it counts once. */
function onStop({ first, again }: { first: () => void; again: () => void }): void {
  let since: number | undefined;
  const onSignal = (): void => {
    since ??= performance.now();
    if (performance.now() - since < 300) first();
    else again();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  process.once("disconnect", onSignal);
}

/** A sentence about a process that exited by itself, with the last lines of its output. */
export function exitMessage(managed: ManagedProcess, { how }: Exit): string {
  const last = managed.lastLines();
  return `The ${managed.name} has stopped by itself (${how}).${last === "" ? "" : ` Its last lines:\n\n${last}`}`;
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
