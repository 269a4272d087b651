import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { account, type Account } from "./account.ts";
import { binaries, type Binaries } from "./binaries.ts";
import { endLeftover } from "./leftover.ts";
import { restoreOwnership } from "./modes.ts";
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

/** How to open a cluster. */
export type Opening = {
  /** Begin with an empty one, whatever is there. */
  fresh: boolean;
  /** Told what the owner of the data should know. */
  say: (sentence: string) => void;
};

/** Opens the cluster below a folder, made where there is none. What an earlier run left running is ended. */
export async function openCluster(folder: string, { fresh, say }: Opening): Promise<Cluster> {
  const who = await account();
  const home = resolve(folder);
  const isNew = mkdirSync(home, { recursive: true }) !== undefined;
  if (who.uid !== undefined) chmodSync(home, 0o711);
  const programs = await binaries(who);
  const directory = join(reachable(home, who), "cluster");
  await endLeftover(directory);
  const password = readPassword(join(home, "password"), { directory, fresh, isNew, say });
  const cluster = { account: who, binaries: programs, directory, log: join(home, "postgres.log"), password };
  if (existsSync(directory)) restoreOwnership(directory, who);
  else {
    say(`Making an empty database in ${directory}.`);
    await initialise(cluster);
  }
  return cluster;
}

/** The URLs of a cluster's databases. */
export function addresses(password: string, port: number): (database: string) => string {
  return (database) => `postgres://${owner}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

type Found = Opening & { directory: string; isNew: boolean };

/**
 * A cluster without its password cannot be opened. Where its folder was made just now, it is some former folder's of the
 * same name, and is set aside; else somebody's data, and nothing is begun in its place.
 */
function readPassword(file: string, { directory, fresh, isNew, say }: Found): string {
  if (fresh) rmSync(directory, { recursive: true, force: true });
  else if (existsSync(file)) return readFileSync(file, "utf8");
  else if (existsSync(directory)) {
    if (!isNew) {
      throw new Error(
        `The database in ${directory} cannot be opened: its password is not in ${file}. Put that file back from a backup. ` +
          `To begin with an empty database instead, move ${directory} away.`,
      );
    }
    const aside = `${directory}-${Date.now()}`;
    renameSync(directory, aside);
    say(`${directory} was the database of an earlier folder of this name. It is kept as ${aside}.`);
  }
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
  const running = run(binaries.initdb, [...flags, `--pgdata=${draft}`, `--pwfile=${secret}`], { ...account, cwd: "/" });
  await running.catch(explain);
  rmSync(secret);
  renameSync(draft, directory);
}

function explain(failure: unknown): never {
  const said = failure instanceof Error && "stderr" in failure ? String(failure.stderr) : "";
  if (!/could not look up effective user ID/.test(said)) throw failure;
  throw new Error(
    `PostgreSQL does not run as a user that has no name: give the user ${process.getuid?.()} a line in /etc/passwd, ` +
      "run as one that has it (docker run --user node), or name another PostgreSQL in DATABASE_URL.",
    { cause: failure },
  );
}
