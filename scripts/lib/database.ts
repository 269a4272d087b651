import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findPostgres, startPostgres, type Postgres, type RunningPostgres } from "../../packages/postgres/src/index.ts";
import { lastLines } from "./child.ts";
import type { ProcessGroup, Exit, ManagedProcess } from "./process-group.ts";
import { dataFolder } from "./paths.ts";
import { AlreadyRunningError, acquireLock } from "./lockfile.ts";

/** A database for the API. */
export type Database = {
  url: string;
  /** The URL for the owner of the tables, if we started the database. */
  ownerUrl: string | undefined;
  place: string;
  own: boolean;
};

/** The role of the API, which cannot change the audit. */
const servingRole = "patchbay_api";

/** The variables that tell the API its database. */
export function databaseEnvironment({ url, ownerUrl }: Database): NodeJS.Dict<string> {
  return { DATABASE_URL: url, ...(ownerUrl !== undefined && { MIGRATION_DATABASE_URL: ownerUrl }) };
}

type DatabaseOptions = { name: string; given: string | undefined };

/** Uses the database that `DATABASE_URL` gives, or starts our own PostgreSQL. */
export async function startDatabase(group: ProcessGroup, { name, given }: DatabaseOptions): Promise<Database> {
  if (given !== undefined && given !== "") {
    return { url: given, ownerUrl: undefined, place: `the database of DATABASE_URL (${hostOf(given)})`, own: false };
  }
  const starting = startPostgres({ dataDir: join(dataFolder, "postgres"), durable: true, say: console.log });
  group.add(manageDatabase(starting));
  const postgres = await starting;
  return await createOwnDatabase(postgres, name);
}

const patienceMs = 60_000;
const pollMs = 1_000;

/**
 * Our own PostgreSQL, shared by several programs of one folder: the first starts it, and the others use it for as long as
 * the first runs.
 */
export async function shareDatabase(group: ProcessGroup, name: string): Promise<Database> {
  for (const until = performance.now() + patienceMs; ; await sleep(pollMs)) {
    const running = await findPostgres(join(dataFolder, "postgres"));
    if (running !== undefined) return await useRunningDatabase(group, running, name);
    try {
      const lock = await acquireLock(dataFolder, "pnpm serve");
      group.add({
        ...createPlaceholder("lock of the database", new Promise(() => {})),
        stop: async () => lock.release(),
      });
      return await startDatabase(group, { name, given: undefined });
    } catch (failure) {
      // Another program is starting it.
      if (!(failure instanceof AlreadyRunningError) || performance.now() > until) throw failure;
    }
  }
}

async function useRunningDatabase(group: ProcessGroup, running: RunningPostgres, name: string): Promise<Database> {
  const database = await createOwnDatabase(running, name);
  group.add(createPlaceholder("database", waitUntilGone()));
  console.log(
    "Using the PostgreSQL that another program of this folder has started. It stops when that program stops.",
  );
  return database;
}

async function createOwnDatabase(postgres: RunningPostgres, name: string): Promise<Database> {
  await postgres.createDatabase(name);
  const addressOf = await postgres.createRole(servingRole);
  return { url: addressOf(name), ownerUrl: postgres.url(name), place: postgres.directory, own: true };
}

async function waitUntilGone(): Promise<Exit> {
  while ((await findPostgres(join(dataFolder, "postgres"))) !== undefined) await sleep(pollMs);
  return { code: 1, how: "the program that started it has stopped" };
}

/** An entry in the process group without a process of its own. */
function createPlaceholder(name: string, exited: Promise<Exit>): ManagedProcess {
  return { name, pid: undefined, exited, lastLines: () => "", stop: async () => {} };
}

/** Adds PostgreSQL to the group before it runs, so that what is started after it is stopped before it. */
function manageDatabase(starting: Promise<Postgres>): ManagedProcess {
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
