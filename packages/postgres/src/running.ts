import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { account } from "./account.ts";
import { addresses } from "./cluster.ts";
import { createDatabase } from "./databases.ts";
import { serves } from "./leftover.ts";
import { reachable } from "./place.ts";
import { createRole } from "./roles.ts";

/** A PostgreSQL that runs. */
export type RunningPostgres = {
  /** The folder of its own files. */
  directory: string;
  /** The URL of a database, for the owner. */
  url(database: string): string;
  /** Creates a database unless it exists: empty, or as a copy of a template to which nobody is connected. */
  createDatabase(name: string, template?: string): Promise<void>;
  /** Creates a role that may only log in, unless it exists. Returns its URL for a database. */
  createRole(name: string): Promise<(database: string) => string>;
};

/** Finds the PostgreSQL that another process runs in this folder. Undefined if none runs. */
export async function findPostgres(dataDir: string): Promise<RunningPostgres | undefined> {
  const home = resolve(dataDir);
  const password = join(home, "password");
  if (!existsSync(password)) return undefined;
  const directory = join(reachable(home, await account()), "cluster");
  const file = join(directory, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const [pid, , , port, , , , state] = readFileSync(file, "utf8").split("\n");
  if (state?.trim() !== "ready" || !serves(Number(pid), directory)) return undefined;
  const url = addresses(readFileSync(password, "utf8"), Number(port));
  return {
    directory,
    url,
    createDatabase: async (name) => await createDatabase(url("postgres"), { name }),
    createRole: async (name) => await createRole(url, name),
  };
}
