import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { addresses, openCluster } from "./cluster.ts";
import { createDatabase } from "./databases.ts";
import { createRole } from "./roles.ts";
import type { RunningPostgres } from "./running.ts";
import { serve } from "./server.ts";

export { freePort, isFree } from "./ports.ts";
export { findPostgres, type RunningPostgres } from "./running.ts";

/** How to start a PostgreSQL. */
export type PostgresOptions = {
  /** The folder of its files, its password and its log. As root, PostgreSQL's own files may be elsewhere: see `directory`. */
  dataDir: string;
  port?: number;
  /** True for data that must last. Otherwise it starts empty, is not synced to disk, and is deleted by `stop`. */
  durable: boolean;
  /** Gets sentences for the owner of the data, such as that an empty database is created. */
  say?: (sentence: string) => void;
};

/** A PostgreSQL that this process has started. */
export type Postgres = RunningPostgres & {
  log: string;
  /** Settles when PostgreSQL has exited, for whatever reason. */
  exited: Promise<void>;
  stop(): Promise<void>;
};

/** Starts a PostgreSQL on loopback. It stops with this process, even if that is killed. */
export async function startPostgres({ dataDir, port, durable, say = () => {} }: PostgresOptions): Promise<Postgres> {
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
