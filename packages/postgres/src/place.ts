import { createHash } from "node:crypto";
import { chmodSync, constants, cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Account } from "./account.ts";

const elsewhere = "/var/lib/patchbay";

/** The folder itself, or one under /var/lib where the account cannot reach it: below root's home, say. */
export function reachable(folder: string, account: Account): string {
  if (reaches(folder, account)) return folder;
  const path = join(elsewhere, createHash("sha256").update(folder).digest("hex").slice(0, 12));
  makePublic(path);
  return path;
}

/** The installed PostgreSQL, or a copy of it that the account can reach. */
export function reachableCopy(native: string, version: string, account: Account): string {
  if (reaches(native, account)) return native;
  const copy = join(elsewhere, version);
  if (existsSync(copy)) return copy;
  makePublic(elsewhere);
  const fresh = `${copy}.${process.pid}`;
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
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
