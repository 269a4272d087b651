import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "@patchbay/postgres";

const run = promisify(execFile);
const usual = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"];

/** A PgBouncer that is installed, else the system's package where we may install it. */
export async function findPgBouncer(): Promise<string> {
  const found = usual.find((path) => existsSync(path)) ?? (await install());
  if (found !== undefined) return found;
  throw new Error("This test needs PgBouncer, and it could not be installed (on Debian: apt-get install pgbouncer).");
}

async function install(): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return undefined;
  const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, maxBuffer: 64 * 1024 * 1024 };
  await run("apt-get", ["update"], options);
  // Its own service is not wanted: a test starts its own.
  await run("apt-get", ["install", "--yes", "--no-install-recommends", "pgbouncer"], options);
  return usual.find((path) => existsSync(path));
}

/** A real PgBouncer in front of a database. */
export async function startPgBouncer(databaseUrl: string, mode: "session" | "transaction" | "statement") {
  const program = await findPgBouncer();
  const [{ hostname, port, username, password, pathname }, own] = [new URL(databaseUrl), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), "patchbay-pgbouncer-"));
  const users = join(folder, "users.txt");
  writeFileSync(users, `"${username}" "${decodeURIComponent(password)}"\n`);
  const file = join(folder, "pgbouncer.ini");
  const lines = [
    "[databases]",
    `* = host=${hostname} port=${port}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${own}`,
    "unix_socket_dir =",
    "auth_type = plain",
    `auth_file = ${users}`,
    `pool_mode = ${mode}`,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  for (const path of [folder, users, file]) chmodSync(path, 0o755);
  // It refuses to be root.
  const args = process.getuid?.() === 0 ? ["-u", "postgres", file] : [file];
  const child = spawn(program, ["-q", ...args], { stdio: ["ignore", "ignore", "inherit"] });
  const exited = once(child, "exit");
  return {
    url: `postgres://${username}:${password}@127.0.0.1:${own}${pathname}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
