import { chmodSync, constants, lchownSync, lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "./account.ts";

/** Lets everybody read what is there and run what can be run, whatever the umask was that it was copied under. */
export function makeReadable(path: string): void {
  for (const file of filesBelow(path)) {
    const { mode } = lstatSync(file);
    chmodSync(file, (mode & 0o777) | ((mode & constants.S_IXUSR) === 0 ? 0o444 : 0o555));
  }
}

/**
 * Gives a data directory back what a copy loses: its owner, as far as we may, and that it is closed to others. PostgreSQL
 * refuses one that lacks either.
 */
export function restoreOwnership(directory: string, { uid, gid }: Account): void {
  const wanted = uid ?? process.getuid?.();
  const known = [directory, join(directory, "PG_VERSION"), join(directory, "global")];
  if (known.some((path) => statSync(path).uid !== wanted)) {
    if (uid === undefined || gid === undefined) {
      throw new Error(
        `${directory} belongs to another user, and PostgreSQL opens only what belongs to its own: chown -R $(id -u) ${directory}`,
      );
    }
    for (const file of filesBelow(directory, true)) lchownSync(file, uid, gid);
  }
  if ((statSync(directory).mode & 0o077) !== 0) chmodSync(directory, 0o700);
}

/** Symbolic links, which have no modes of their own, are left out unless they are asked for. */
function* filesBelow(path: string, links = false): Generator<string> {
  const status = lstatSync(path);
  if (!status.isSymbolicLink() || links) yield path;
  if (status.isDirectory()) for (const name of readdirSync(path)) yield* filesBelow(join(path, name), links);
}
