import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";
import { freePort } from "./ports.ts";

/** A PostgreSQL server process. */
export type Server = {
  port: number;
  /** Settles when PostgreSQL is gone, for whatever reason. */
  exited: Promise<void>;
  /** The fast way lets go of every session and writes everything down, the immediate one leaves that to the next start. */
  stop(manner: "fast" | "immediate"): Promise<void>;
};

const settings = {
  always: ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"],
  throwaway: ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0"],
};

/** Runs a cluster until it is stopped or this process ends, however that ends. */
export async function serve(cluster: Cluster, options: { port?: number; durable: boolean }): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const child = launch(cluster, { port, durable: options.durable });
    const keeper = keep(child, cluster.account);
    if (await ready(child, cluster)) return supervised(child, { port, keeper });
    keeper.kill("SIGKILL");
    const log = readFileSync(cluster.log, "utf8");
    const passing = /still in use|already in use/.test(log);
    if (!passing || attempt === 20) throw new Error(`PostgreSQL does not start:\n${log.trim()}`);
    await sleep(250);
  }
}

function launch(cluster: Cluster, { port, durable }: { port: number; durable: boolean }): ChildProcess {
  const log = openSync(cluster.log, "w", 0o600);
  const chosen = [`port=${port}`, ...settings.always, ...(durable ? [] : settings.throwaway)];
  const flags = chosen.flatMap((setting) => ["-c", setting]);
  const options = { ...cluster.account, cwd: "/", detached: true, stdio: ["ignore", log, log] as const };
  const child = spawn(cluster.binaries.postgres, ["-D", cluster.directory, ...flags], {
    ...options,
    stdio: [...options.stdio],
  });
  closeSync(log);
  return child;
}

/** As pg_ctl tells it: PostgreSQL writes its state into its pid file. */
async function ready(child: ChildProcess, { directory, log }: Cluster): Promise<boolean> {
  child.once("error", (cause) => writeFileSync(log, cause.message));
  while (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    if (stateOf(directory, child.pid) === "ready") return true;
    await sleep(10);
  }
  await sleep(0);
  return false;
}

function stateOf(directory: string, pid: number): string | undefined {
  try {
    const lines = readFileSync(join(directory, "postmaster.pid"), "utf8").split("\n");
    return Number(lines[0]) === pid ? lines[7]?.trim() : undefined;
  } catch {
    return undefined;
  }
}

function supervised(child: ChildProcess, { port, keeper }: { port: number; keeper: ChildProcess }): Server {
  const { promise: exited, resolve } = Promise.withResolvers<void>();
  keeper.once("exit", () => resolve());
  child.once("exit", () => {
    keeper.ref();
    keeper.kill("SIGKILL");
  });
  child.unref();
  return {
    port,
    exited,
    async stop(manner) {
      child.ref();
      child.kill(manner === "fast" ? "SIGINT" : "SIGQUIT");
      const impatient = setTimeout(() => child.kill("SIGQUIT"), 10_000);
      const lost = setTimeout(() => child.kill("SIGKILL"), 15_000);
      await exited;
      clearTimeout(impatient);
      clearTimeout(lost);
    },
  };
}

/** Ends PostgreSQL when this process is gone, even killed: then, and only then, the pipe between the two closes. */
function keep(postgres: ChildProcess, account: Cluster["account"]): ChildProcess {
  const script = 'read -r _; kill -INT "$1"';
  const keeper = spawn("/bin/sh", ["-c", script, "patchbay-postgres-keeper", String(postgres.pid)], {
    ...account,
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  keeper.unref();
  const pipe = keeper.stdin as unknown as { unref(): void } | null;
  pipe?.unref();
  return keeper;
}
