import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, expect, test } from "vitest";
import { findPostgres, startPostgres, type Postgres } from "../src/index.ts";

const folders: string[] = [];

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "patchbay-postgres-"));
  folders.push(path);
  return path;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A program that starts one and says so, to be killed. */
async function program(dataDir: string): Promise<{ pid: number; postmaster: number }> {
  const file = join(folder(), "main.ts");
  const source = join(import.meta.dirname, "../src/index.ts");
  writeFileSync(
    file,
    `import { startPostgres } from "${source}";
     const { directory } = await startPostgres({ dataDir: "${dataDir}", durable: true });
     console.log(directory); setInterval(() => {}, 1000);`,
  );
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { pid: child.pid ?? 0, postmaster: postmasterOf(line.toString().trim()) };
}

const postmasterOf = (directory: string): number =>
  Number.parseInt(readFileSync(join(directory, "postmaster.pid"), "utf8"), 10);

async function gone(directory: string): Promise<boolean> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (!existsSync(join(directory, "postmaster.pid"))) return true;
    await sleep(50);
  }
  return false;
}

test("what is stored is there at the next start, under the same password", async () => {
  const dataDir = folder();
  const first = await startPostgres({ dataDir, durable: true });
  await first.createDatabase("things");
  await query(first.url("things"), "create table thing as select 'kept' as name");
  await first.stop();
  const second = await startPostgres({ dataDir, durable: true });
  await second.createDatabase("things");
  expect(await query(second.url("things"), "select name from thing")).toEqual([{ name: "kept" }]);
  await second.stop();
});

test("a throwaway one copies its templates, does not sync, and leaves nothing", async () => {
  const dataDir = folder();
  const postgres = await startPostgres({ dataDir, durable: false });
  await postgres.createDatabase("template");
  await query(postgres.url("template"), "create table thing as select 1 as id");
  await postgres.createDatabase("copy", "template");
  expect(await query(postgres.url("copy"), "select id from thing")).toEqual([{ id: 1 }]);
  expect(await query(postgres.url("copy"), "show fsync")).toEqual([{ fsync: "off" }]);
  await postgres.stop();
  expect(existsSync(dataDir)).toBe(false);
});

test("nobody comes in without the password", async () => {
  const postgres = await startPostgres({ dataDir: folder(), durable: false });
  const url = new URL(postgres.url("postgres"));
  url.password = "guess";
  await expect(query(url.href, "select")).rejects.toThrow("password authentication failed");
  await postgres.stop();
});

test("it ends with the program that started it, even where that is killed", async () => {
  const dataDir = folder();
  const { pid } = await program(dataDir);
  process.kill(pid, "SIGKILL");
  expect(await gone(join(dataDir, "cluster"))).toBe(true);
});

test("one that is left over is taken over", async () => {
  const dataDir = folder();
  const { pid, postmaster } = await program(dataDir);
  const next = await startPostgres({ dataDir, durable: true });
  expect(postmasterOf(next.directory)).not.toBe(postmaster);
  process.kill(pid, "SIGKILL");
  await next.stop();
});

test("a note of one that is dead does not keep it from starting", async () => {
  const dataDir = folder();
  const first = await startPostgres({ dataDir, durable: true });
  const note = readFileSync(join(first.directory, "postmaster.pid"), "utf8");
  await first.stop();
  writeFileSync(join(first.directory, "postmaster.pid"), note.replace(/^\d+/, String(process.pid)));
  const second = await startPostgres({ dataDir, durable: true });
  expect(postmasterOf(second.directory)).not.toBe(process.pid);
  await second.stop();
});

test("a cluster without its password is set aside, not opened and not deleted", async () => {
  const dataDir = folder();
  const first = await startPostgres({ dataDir, durable: true });
  await first.stop();
  rmSync(join(dataDir, "password"));
  const second = await startPostgres({ dataDir, durable: true });
  await second.stop();
  expect(readdirSync(dirname(second.directory)).filter((name) => /^cluster-\d+$/.test(name))).toHaveLength(1);
});

test.runIf(process.getuid?.() === 0)("below a folder that is root's alone it lives elsewhere", async () => {
  const closed = folder();
  const dataDir = join(closed, "data");
  mkdirSync(dataDir);
  chmodSync(closed, 0o700);
  let postgres: Postgres | undefined;
  try {
    postgres = await startPostgres({ dataDir, durable: false });
    expect(postgres.directory).toMatch(/^\/var\/lib\/patchbay\/[0-9a-f]{12}\/cluster$/);
  } finally {
    await postgres?.stop();
  }
});

test("one that runs is found by whoever wants to use it too, and is left running", async () => {
  const dataDir = folder();
  expect(await findPostgres(dataDir)).toBeUndefined();
  const postgres = await startPostgres({ dataDir, durable: true });
  const found = await findPostgres(dataDir);
  expect(found?.url("postgres")).toBe(postgres.url("postgres"));
  expect(await query(found?.url("postgres") ?? "", "select 1 as one")).toEqual([{ one: 1 }]);
  await postgres.stop();
  expect(await findPostgres(dataDir)).toBeUndefined();
});
