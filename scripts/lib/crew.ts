import type { Hold } from "./run-file.ts";

/** How something went, as a status and in words. */
export type Exit = { code: number; how: string };

/** Something that runs until it is stopped. */
export type Part = {
  name: string;
  pid: number | undefined;
  exited: Promise<Exit>;
  /** What it said last, where that was not seen. */
  lastLines(): string;
  /** In order, and by force once `hurry` is aborted. */
  stop(hurry: AbortSignal): Promise<void>;
};

export type Crew = {
  /** From here on the part is watched and, at the end, stopped. */
  add(part: Part): void;
  /** Runs the part to its end. Where all is stopped meanwhile, it does not come back. */
  finish(part: Part): Promise<Exit>;
};

const never = new Promise<never>(() => {});

type Ending = { code: number; message: string };
type Settings = { hold?: Hold; begin: (crew: Crew) => Promise<void>; interrupted?: number };

/**
 * Runs what `begin` adds until a signal comes, a part ends by itself or `begin` throws; then stops everything, the last
 * started first, and ends this process. An `ExitCode` thrown ends it without a word.
 */
export async function runCrew({ hold, begin, interrupted = 0 }: Settings): Promise<never> {
  const parts: Part[] = [];
  const ending = Promise.withResolvers<Ending>();
  const hurry = new AbortController();
  let stopping = false;
  const take = (part: Part): void => {
    parts.push(part);
    if (part.pid !== undefined) hold?.note(part.name, part.pid);
    if (stopping) void part.stop(AbortSignal.abort());
  };
  const crew: Crew = {
    add(part) {
      take(part);
      void part.exited.then((exit) => ending.resolve({ code: 1, message: obituary(part, exit) }));
    },
    async finish(part) {
      take(part);
      const exit = await part.exited;
      // Nobody goes on with what is being stopped: its end says nothing.
      if (stopping) return await never;
      parts.splice(parts.indexOf(part), 1);
      return exit;
    },
  };
  onStop({ first: () => ending.resolve({ code: interrupted, message: "Stopping…" }), again: () => hurry.abort() });
  begin(crew).catch((error: unknown) => ending.resolve(endingOf(error)));
  const { code, message } = await ending.promise;
  stopping = true;
  hold?.stopping();
  if (message !== "") console.error(`\n${message}`);
  for (const part of parts.toReversed()) await part.stop(hurry.signal);
  hold?.release();
  process.exit(code);
}

/** Thrown to end a run that has said all there was to say. */
export class ExitCode extends Error {
  override name = "ExitCode";
  readonly code: number;

  constructor(code: number) {
    super(`exit code ${code}`);
    this.code = code;
  }
}

function endingOf(error: unknown): Ending {
  return error instanceof ExitCode ? { code: error.code, message: "" } : { code: 1, message: sentence(error) };
}

/** The first call for an end, and any that comes when the first has been heard. One Ctrl-C may arrive on two ways. */
function onStop({ first, again }: { first: () => void; again: () => void }): void {
  let since: number | undefined;
  const heard = (): void => {
    since ??= performance.now();
    if (performance.now() - since < 300) first();
    else again();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, heard);
  process.once("disconnect", heard);
}

export function obituary(part: Part, { how }: Exit): string {
  const last = part.lastLines();
  return `The ${part.name} has ended by itself (${how}).${last === "" ? "" : ` Its last lines:\n\n${last}`}`;
}

export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
