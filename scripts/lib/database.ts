import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findPostgres, startPostgres, type Postgres, type RunningPostgres } from "../../packages/postgres/src/index.ts";
import { lastLines } from "./child.ts";
import type { Crew, Exit, Part } from "./crew.ts";
import { data } from "./paths.ts";
import { AlreadyRuns, hold } from "./run-file.ts";

export type Database = {
  url: string;
  /** The same for the owner of its tables, where it is ours. */
  ownerUrl: string | undefined;
  place: string;
  own: boolean;
};

/** What serves has a role that cannot change what the audit says. */
const servingRole = "patchbay_api";

/** What the API is told of a database. */
export function databaseEnvironment({ url, ownerUrl }: Database): NodeJS.Dict<string> {
  return { DATABASE_URL: url, ...(ownerUrl !== undefined && { MIGRATION_DATABASE_URL: ownerUrl }) };
}

type Wanted = { name: string; given: string | undefined };

/** The database given by `DATABASE_URL`, or a PostgreSQL of our own. */
export async function startDatabase(crew: Crew, { name, given }: Wanted): Promise<Database> {
  if (given !== undefined && given !== "") {
    return { url: given, ownerUrl: undefined, place: `the database of DATABASE_URL (${hostOf(given)})`, own: false };
  }
  const starting = startPostgres({ dataDir: join(data, "postgres"), durable: true, say: console.log });
  crew.add(partOf(starting));
  const postgres = await starting;
  return await useOwn(postgres, name);
}

const patienceMs = 60_000;
const lookMs = 1_000;

/**
 * A PostgreSQL of our own for programs that may run beside one another from one folder: the first starts it, and the others
 * use it for as long as the first runs.
 */
export async function shareDatabase(crew: Crew, name: string): Promise<Database> {
  for (const until = performance.now() + patienceMs; ; await sleep(lookMs)) {
    const running = await findPostgres(join(data, "postgres"));
    if (running !== undefined) return await useBeside(crew, running, name);
    try {
      const held = await hold(data, "pnpm serve");
      crew.add({ ...idle("hold on the database", new Promise(() => {})), stop: async () => held.release() });
      return await startDatabase(crew, { name, given: undefined });
    } catch (failure) {
      // Another one is about to start it.
      if (!(failure instanceof AlreadyRuns) || performance.now() > until) throw failure;
    }
  }
}

async function useBeside(crew: Crew, running: RunningPostgres, name: string): Promise<Database> {
  const database = await useOwn(running, name);
  crew.add(idle("database", gone()));
  console.log("Using the PostgreSQL that another program of this folder has started. It ends with that one.");
  return database;
}

async function useOwn(postgres: RunningPostgres, name: string): Promise<Database> {
  await postgres.createDatabase(name);
  const addressOf = await postgres.createRole(servingRole);
  return { url: addressOf(name), ownerUrl: postgres.url(name), place: postgres.directory, own: true };
}

async function gone(): Promise<Exit> {
  while ((await findPostgres(join(data, "postgres"))) !== undefined) await sleep(lookMs);
  return { code: 1, how: "the program that had started it has stopped" };
}

/** A part that is no process of ours. */
function idle(name: string, exited: Promise<Exit>): Part {
  return { name, pid: undefined, exited, lastLines: () => "", stop: async () => {} };
}

/** Watched and stopped from before it runs: what is started after it is stopped before it. */
function partOf(starting: Promise<Postgres>): Part {
  const { promise: exited, resolve } = Promise.withResolvers<Exit>();
  let log: string | undefined;
  const started = starting.then(
    (postgres) => {
      log = postgres.log;
      void postgres.exited.then(() => resolve({ code: 1, how: "see its log" }));
      return postgres;
    },
    () => undefined,
  );
  return {
    name: "database",
    pid: undefined,
    exited,
    lastLines: () => (log === undefined ? "" : lastLines(readFileSync(log, "utf8"))),
    stop: async () => await (await started)?.stop(),
  };
}

function hostOf(url: string): string {
  if (!URL.canParse(url)) return /[?&]host=([^&]+)/.exec(url)?.[1] ?? "not a URL";
  return new URL(url).host;
}
