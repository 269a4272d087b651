import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startPostgres, type Postgres } from "../../packages/postgres/src/index.ts";
import { lastLines } from "./child.ts";
import type { Crew, Exit, Part } from "./crew.ts";
import { data } from "./paths.ts";

export type Database = { url: string; place: string; own: boolean };
type Wanted = { name: string; given: string | undefined };

/** The database given by `DATABASE_URL`, or a PostgreSQL of our own. */
export async function startDatabase(crew: Crew, { name, given }: Wanted): Promise<Database> {
  if (given !== undefined && given !== "") {
    return { url: given, place: `the database of DATABASE_URL (${hostOf(given)})`, own: false };
  }
  const starting = startPostgres({ dataDir: join(data, "postgres"), durable: true });
  crew.add(partOf(starting));
  const postgres = await starting;
  await postgres.createDatabase(name);
  return { url: postgres.url(name), place: postgres.directory, own: true };
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
