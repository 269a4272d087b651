import { createHash } from "node:crypto";
import {
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Account } from "./account.ts";
import { makeReadable } from "./modes.ts";

const elsewhere = "/var/lib/patchbay";

/**
 * The folder itself, without symbolic links on the way, or one under /var/lib where the account cannot reach it: below
 * root's home, say.
 */
export function reachable(folder: string, account: Account): string {
  const real = realpathSync(folder);
  if (reaches(real, account)) return real;
  // By the name with the links in it, for those that were made so.
  const [asGiven, path] = [placeFor(folder), placeFor(real)];
  if (existsSync(join(asGiven, "cluster"))) return asGiven;
  makePublic(path);
  return path;
}

function placeFor(folder: string): string {
  return join(elsewhere, createHash("sha256").update(folder).digest("hex").slice(0, 12));
}

/** The installed PostgreSQL, or a copy of it that the account can reach. */
export function reachableCopy(native: string, version: string, account: Account): string {
  if (reaches(native, account)) return native;
  const copy = join(elsewhere, version);
  makePublic(elsewhere);
  if (existsSync(copy)) {
    // All checkouts share it, and an earlier one may have been made where others may not look.
    makeReadable(copy);
    return copy;
  }
  const fresh = `${copy}.${process.pid}`;
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  makeReadable(fresh);
  if (existsSync(copy)) rmSync(fresh, { recursive: true });
  else renameSync(fresh, copy);
  return copy;
}

/** Whether every folder on the way lets the account pass. */
export function reaches(path: string, account: Account): boolean {
  if (account.uid === undefined) return true;
  return passes(path, account) && (dirname(path) === path || reaches(dirname(path), account));
}

function passes(path: string, { uid, gid }: Account): boolean {
  const { mode, uid: owner, gid: group } = statSync(path);
  const bit = owner === uid ? constants.S_IXUSR : group === gid ? constants.S_IXGRP : constants.S_IXOTH;
  return (mode & bit) !== 0;
}

function makePublic(path: string): void {
  mkdirSync(path, { recursive: true });
  chmodSync(elsewhere, 0o755);
  chmodSync(path, 0o755);
}
