import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort, startPostgres, type Postgres } from "@patchbay/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { issue } from "../../../packages/core/test/certificates.ts";
import { newDatabase, query } from "./harness/database.ts";
import { liveEnvironment } from "./harness/live.ts";
import { startPgBouncer } from "./harness/pgbouncer.ts";
import { startProcess } from "./harness/process.ts";

// A database that cannot be used is one sentence with the cure; one that may yet come is waited for.

const program = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const live = liveEnvironment();
let databaseUrl: string;

beforeAll(async () => {
  databaseUrl = await newDatabase();
});

type Changes = { url?: (url: URL) => void; env?: Record<string, string> };

function environment({ url = () => {}, env = {} }: Changes = {}, base = databaseUrl): Record<string, string> {
  const address = new URL(base);
  url(address);
  return { ...live, LOG_LEVEL: "warn", WORKERS: "0", DATABASE_URL: address.href, ...env };
}

async function begin(env: Record<string, string>) {
  const port = await freePort();
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env["PATH"], ...env, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const waits = once(child.stdout, "data");
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  return { child, answers, waits, exited: once(child, "exit"), said: text(child.stderr), logged: text(child.stdout) };
}

/** What it says where it cannot start: one line, and no stack. */
async function refusal(env: Record<string, string>): Promise<string> {
  const { exited, said, child } = await begin(env);
  expect(await Promise.race([exited, sleep(30_000)])).toEqual([1, null]);
  child.kill("SIGKILL");
  const lines = (await said).trim().split("\n");
  expect(lines).toHaveLength(1);
  return lines[0] ?? "";
}

test.each<[string, (url: URL) => void, string]>([
  ["another password", (url) => (url.password = "canary"), "refuses the password of the role patchbay: correct it in"],
  ["no password", (url) => (url.password = ""), "wants a password of the role patchbay: add it to DATABASE_URL."],
  ["a database that is not there", (url) => (url.pathname = "/nowhere"), 'create it with  create database "nowhere"'],
  ["encryption that is not offered", (url) => (url.search = "?sslmode=verify-full"), "offers no encryption: set it up"],
  [
    "a file that is not there",
    (url) => (url.search = "?sslmode=verify-full&sslrootcert=/nowhere/ca.pem"),
    "DATABASE_URL names /nowhere/ca.pem, which cannot be read.",
  ],
])(
  "%s is one sentence",
  async (_what, url, sentence) => {
    const said = await refusal(environment({ url }));
    expect(said).toContain(sentence);
    expect(said).not.toContain("canary");
  },
  60_000,
);

test("a database that is not there is the owner's, and never of the role that serves", async () => {
  const nowhere = (url: URL) => (url.pathname = "/nowhere");
  const owner = { MIGRATION_DATABASE_URL: "postgres://its_owner:canary@localhost/nowhere" };
  expect(await refusal(environment({ url: nowhere, env: owner }))).toMatch(
    /create database "nowhere" owner "its_owner"$/,
  );
  expect(await refusal(environment({ url: nowhere }))).toMatch(/create database "nowhere"$/);
}, 60_000);

test("a host that takes connections and says nothing is waited for, and not taken for one that may only be read", async () => {
  const silent = createServer();
  await once(silent.listen(0, "127.0.0.1"), "listening");
  const { port } = silent.address() as AddressInfo;
  const { child, waits, exited } = await begin(
    environment({ url: (url) => Object.assign(url, { host: `127.0.0.1:${port}` }) }),
  );
  const [line] = (await waits) as [Buffer];
  expect(line.toString()).toContain(`127.0.0.1:${port} does not answer: is the port open from here? Waiting for it.`);
  child.kill("SIGTERM");
  expect(await Promise.race([exited, sleep(30_000)])).toEqual([0, null]);
  silent.close();
}, 60_000);

test("a role that may not make tables is told where the rights stand", async () => {
  const url = new URL(databaseUrl);
  const [name, role] = ["rights_of_nobody", "nobody_at_all"];
  await query(databaseUrl, `create role ${role} login password 'canary'`);
  await query(databaseUrl, `create database ${name}`);
  Object.assign(url, { username: role, password: "canary", pathname: `/${name}` });
  const said = await refusal(environment({}, url.href));
  expect(said).toContain(`The role ${role} lacks a right in the database ${name} (permission denied for`);
  expect(said).toContain('docs/operate.md, "Roles and rights"');
}, 60_000);

test("a database that a newer version has changed is not touched", async () => {
  const newer = await newDatabase();
  await query(newer, "insert into kysely_migration values ('999-later', now()::text)");
  expect(await refusal(environment({}, newer))).toContain(
    "A newer version of Patchbay has changed this database (999-later",
  );
}, 60_000);

test("a database behind a socket is used by the address that clouds document", async () => {
  const folder = mkdtempSync(join(tmpdir(), "patchbay-socket-"));
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const server = createServer((socket) => {
    const there = connect(Number(port), hostname).on("error", () => socket.destroy());
    socket
      .on("error", () => there.destroy())
      .pipe(there)
      .pipe(socket);
  });
  await once(server.listen(join(folder, ".s.PGSQL.5432")), "listening");
  const address = `postgres://${username}:${password}@${pathname}?host=${folder}`;
  await using own = await startProcess({ ...environment(), DATABASE_URL: address });
  expect((await fetch(`${own.url}/readyz`)).status).toBe(200);
  server.close();
}, 60_000);

test("PgBouncer is noticed where it gives each transaction another connection, and is used where it does not", async () => {
  for (const mode of ["transaction", "statement"] as const) {
    await using bouncer = await startPgBouncer(databaseUrl, mode);
    const said = await refusal(environment({}, bouncer.url));
    expect(said).toContain(
      "pool_mode = transaction): set it to session for this database, or name the PostgreSQL itself",
    );
  }
  await using bouncer = await startPgBouncer(databaseUrl, "session");
  await using own = await startProcess(environment({}, bouncer.url));
  expect((await fetch(`${own.url}/readyz`)).status).toBe(200);
}, 90_000);

test("a database that is away is waited for, a line a second says so, and it is used once it is there", async () => {
  const port = await freePort();
  const { exited, child, logged, waits, answers } = await begin(
    environment({ url: (url) => Object.assign(url, { host: `127.0.0.1:${port}` }) }),
  );
  await waits;
  const began = performance.now();
  await sleep(2_500);
  const { hostname, port: real } = new URL(databaseUrl);
  const server = createServer((socket) => {
    const there = connect(Number(real), hostname).on("error", () => socket.destroy());
    socket
      .on("error", () => there.destroy())
      .pipe(there)
      .pipe(socket);
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
  await expect.poll(answers, { timeout: 30_000, interval: 200 }).toBe(true);
  const seconds = (performance.now() - began) / 1000;
  child.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
  server.close();
  const lines = (await logged)
    .split("\n")
    .filter((line) => line.includes(`Nothing listens at 127.0.0.1:${port}. Waiting`));
  expect(lines.length).toBeGreaterThanOrEqual(2);
  expect(lines.length).toBeLessThanOrEqual(seconds + 2);
}, 60_000);

test("told to stop while it waits, it stops", async () => {
  const { exited, child, said, waits } = await begin(environment({ url: (url) => (url.port = "1") }));
  await waits;
  child.kill("SIGTERM");
  expect(await Promise.race([exited, sleep(10_000)])).toEqual([0, null]);
  expect(await said).toBe("");
}, 30_000);

/** It reads its settings anew when it comes to it. */
async function awaitEncryption(url: string): Promise<void> {
  const until = performance.now() + 20_000;
  const isThere = () =>
    query(`${url}?sslmode=no-verify`, "select 1").then(
      () => true,
      () => false,
    );
  while (!(await isThere())) {
    if (performance.now() > until) throw new Error("no encryption");
    await sleep(50);
  }
}

let encrypted: Postgres;
let ca: string;

beforeAll(async () => {
  const dataDir = join(tmpdir(), `patchbay-encrypted-${process.pid}`);
  encrypted = await startPostgres({ dataDir, durable: false });
  await encrypted.createDatabase("patchbay");
  const authority = issue({ name: "An authority of ours", ca: true });
  const { pem, privateKey } = issue({ name: "localhost", issuer: authority, hosts: ["localhost"] });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const { uid, gid } = statSync(join(encrypted.directory, "PG_VERSION"));
  for (const [name, content] of [["server.crt", pem] as const, ["server.key", key] as const]) {
    const path = join(encrypted.directory, name);
    writeFileSync(path, content, { mode: 0o600 });
    chownSync(path, uid, gid);
  }
  await query(encrypted.url("postgres"), "alter system set ssl = on");
  await query(encrypted.url("postgres"), "select pg_reload_conf()");
  await awaitEncryption(encrypted.url("postgres"));
  ca = join(mkdtempSync(join(tmpdir(), "patchbay-ca-")), "ca.pem");
  writeFileSync(ca, authority.pem);
});
afterAll(() => encrypted.stop());

const over = (host: string, search: string): Changes => ({
  url: (url) => Object.assign(url, { hostname: host, search }),
});

test("a certificate of an authority of one's own is told how to be trusted, and is, by its file", async () => {
  const url = encrypted.url("patchbay");
  for (const mode of ["require", "verify-full"]) {
    const said = (await begin(environment(over("localhost", `?sslmode=${mode}`), url))).said;
    expect(await said).toContain("name its file in DATABASE_URL, &sslrootcert=/path/to/ca.pem.");
  }
  expect(await refusal(environment(over("127.0.0.1", `?sslmode=verify-full&sslrootcert=${ca}`), url))).toContain(
    "is for another name: write the host in DATABASE_URL as the certificate has it",
  );
  await using own = await startProcess(environment(over("localhost", `?sslmode=verify-full&sslrootcert=${ca}`), url));
  expect((await fetch(`${own.url}/readyz`)).status).toBe(200);
}, 60_000);
