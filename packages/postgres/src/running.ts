import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { account } from "./account.ts";
import { addresses } from "./cluster.ts";
import { createDatabase } from "./databases.ts";
import type { Postgres } from "./index.ts";
import { serves } from "./leftover.ts";
import { reachable } from "./place.ts";
import { createRole } from "./roles.ts";

export type RunningPostgres = Pick<Postgres, "directory" | "url" | "createDatabase" | "createRole">;

/** The PostgreSQL that another process runs on this folder, to use it beside that one. Undefined where none runs. */
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
