import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { addresses, openCluster } from "./cluster.ts";
import { createDatabase } from "./databases.ts";
import { createRole } from "./roles.ts";
import { serve } from "./server.ts";

export { freePort, isFree } from "./ports.ts";
export { findPostgres, type RunningPostgres } from "./running.ts";

export type Options = {
  /** Where it lives, with its password and its log. Root may be given another place for PostgreSQL's own files: see `directory`. */
  dataDir: string;
  port?: number;
  /** Real data is. What is not begins empty, is not synced to disk, and is gone after `stop`. */
  durable: boolean;
  /** Told what the owner of the data should know: that an empty database is made, or that another one is set aside. */
  say?: (sentence: string) => void;
};

export type Postgres = {
  /** Where PostgreSQL's own files are. */
  directory: string;
  log: string;
  /** Settles when PostgreSQL is gone, for whatever reason. */
  exited: Promise<void>;
  url(database: string): string;
  /** Makes a database where there is none of the name: empty, or a copy of a template nobody is connected to. */
  createDatabase(name: string, template?: string): Promise<void>;
  /** Makes a role that may log in and no more, where there is none of the name. Gives its URL of a database. */
  createRole(name: string): Promise<(database: string) => string>;
  stop(): Promise<void>;
};

/** A PostgreSQL of our own on loopback. It ends with this process, even where that is killed. */
export async function startPostgres({ dataDir, port, durable, say = () => {} }: Options): Promise<Postgres> {
  const cluster = await openCluster(dataDir, { fresh: !durable, say });
  const server = await serve(cluster, { durable, ...(port !== undefined && { port }) });
  const url = addresses(cluster.password, server.port);
  return {
    directory: cluster.directory,
    log: cluster.log,
    exited: server.exited,
    url,
    createDatabase: async (name, template) => await createDatabase(url("postgres"), { name, template }),
    createRole: async (name) => await createRole(url, name),
    async stop() {
      await server.stop(durable ? "fast" : "immediate");
      if (durable) return;
      await Promise.all(
        [dirname(cluster.directory), dataDir].map((path) => rm(path, { recursive: true, force: true })),
      );
    },
  };
}
