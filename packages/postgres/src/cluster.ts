import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { account, type Account } from "./account.ts";
import { binaries, type Binaries } from "./binaries.ts";
import { endLeftover } from "./leftover.ts";
import { reachable } from "./place.ts";

const run = promisify(execFile);

const owner = "patchbay";

/** A database cluster on disk, nobody running it. */
export type Cluster = {
  account: Account;
  binaries: Binaries;
  /** PostgreSQL's own files. */
  directory: string;
  log: string;
  password: string;
};

/** Opens the cluster below a folder, made where there is none. What an earlier run left running is ended. */
export async function openCluster(folder: string, fresh: boolean): Promise<Cluster> {
  const who = await account();
  const home = resolve(folder);
  mkdirSync(home, { recursive: true });
  if (who.uid !== undefined) chmodSync(home, 0o711);
  const programs = await binaries(who);
  const directory = join(reachable(home, who), "cluster");
  await endLeftover(directory);
  const password = readPassword(join(home, "password"), { directory, fresh });
  const cluster = { account: who, binaries: programs, directory, log: join(home, "postgres.log"), password };
  if (!existsSync(directory)) await initialise(cluster);
  return cluster;
}

/** The URLs of a cluster's databases. */
export function addresses(password: string, port: number): (database: string) => string {
  return (database) => `postgres://${owner}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

/** A cluster without its password is some former folder's of the same name: it is set aside, never opened or deleted. */
function readPassword(file: string, { directory, fresh }: { directory: string; fresh: boolean }): string {
  if (fresh) rmSync(directory, { recursive: true, force: true });
  else if (existsSync(file)) return readFileSync(file, "utf8");
  else if (existsSync(directory)) renameSync(directory, `${directory}-${Date.now()}`);
  const password = randomBytes(24).toString("base64url");
  writeFileSync(file, password, { mode: 0o600 });
  return password;
}

/** Under another name until it is whole, so that an interrupted one is not taken for good. */
async function initialise({ account, binaries, directory, password }: Cluster): Promise<void> {
  const draft = `${directory}.new`;
  const secret = `${directory}.password`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(secret, password, { mode: 0o600 });
  for (const path of [draft, secret]) chownSync(path, account.uid ?? -1, account.gid ?? -1);
  const flags = ["--no-sync", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", `--username=${owner}`];
  await run(binaries.initdb, [...flags, `--pgdata=${draft}`, `--pwfile=${secret}`], { ...account, cwd: "/" });
  rmSync(secret);
  renameSync(draft, directory);
}
