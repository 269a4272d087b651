import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, expect, test } from "vitest";
import { findPostgres, startPostgres, type Postgres } from "../src/index.ts";
import { reachableCopy } from "../src/place.ts";

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

test("a cluster without its password is not opened, not deleted, and nothing is begun in its place", async () => {
  const dataDir = folder();
  const said: string[] = [];
  const first = await startPostgres({ dataDir, durable: true, say: (sentence) => said.push(sentence) });
  await first.stop();
  expect(said).toEqual([`Making an empty database in ${first.directory}.`]);
  rmSync(join(dataDir, "password"));
  await expect(startPostgres({ dataDir, durable: true })).rejects.toThrow(
    `its password is not in ${join(dataDir, "password")}. Put that file back from a backup.`,
  );
  expect(readdirSync(dataDir)).toContain("cluster");
});

test("through a symbolic link it is the same one: found beside a running program, and taken over from a killed one", async () => {
  const [dataDir, link] = [folder(), join(folder(), "link")];
  symlinkSync(dataDir, link);
  const postgres = await startPostgres({ dataDir: link, durable: true });
  for (const path of [link, dataDir]) {
    expect((await findPostgres(path))?.url("postgres")).toBe(postgres.url("postgres"));
  }
  await postgres.stop();
  const { pid, postmaster } = await program(link);
  const next = await startPostgres({ dataDir, durable: true });
  expect(postmasterOf(next.directory)).not.toBe(postmaster);
  await next.stop();
  process.kill(pid, "SIGKILL");
});

test("a copy of it without modes and owner is opened", async () => {
  const [dataDir, copied] = [folder(), folder()];
  const first = await startPostgres({ dataDir, durable: true });
  await first.createDatabase("things");
  await first.stop();
  cpSync(dataDir, copied, { recursive: true });
  for (const path of [join(copied, "cluster"), join(copied, "cluster", "base")]) chmodSync(path, 0o755);
  const second = await startPostgres({ dataDir: copied, durable: true });
  expect(await query(second.url("things"), "select 1 as one")).toEqual([{ one: 1 }]);
  await second.stop();
});

test.runIf(process.getuid?.() === 0)(
  "a copy that was made where others may not look is mended for every checkout",
  () => {
    const [native, version] = [join(folder(), "native"), `test-${randomUUID()}`];
    mkdirSync(join(native, "bin"), { recursive: true });
    writeFileSync(join(native, "bin", "postgres"), "", { mode: 0o755 });
    writeFileSync(join(native, "plain"), "");
    chmodSync(dirname(native), 0o700);
    const source = join(import.meta.dirname, "../src/place.ts");
    const nobody = { uid: 65_534, gid: 65_534 };
    const copy = execFileSync(
      "sh",
      [
        "-c",
        'umask 077; exec "$0" --input-type=module-typescript --eval "$1"',
        process.execPath,
        `import { reachableCopy } from "${source}";
       process.stdout.write(reachableCopy("${native}", "${version}", ${JSON.stringify(nobody)}));`,
      ],
      { encoding: "utf8" },
    );
    folders.push(copy);
    const modes = () => ["", "bin", "bin/postgres", "plain"].map((name) => statSync(join(copy, name)).mode & 0o005);
    expect(modes()).toEqual([5, 5, 5, 4]);
    for (const name of ["bin/postgres", "plain", "bin", ""])
      chmodSync(join(copy, name), name === "plain" ? 0o600 : 0o700);
    expect(reachableCopy(native, version, nobody)).toBe(copy);
    expect(modes()).toEqual([5, 5, 5, 4]);
  },
);

test.runIf(process.getuid?.() === 0)("a user without a name is told what PostgreSQL needs", async () => {
  const [dataDir, file] = [folder(), join(folder(), "main.ts")];
  chmodSync(dataDir, 0o777);
  chmodSync(dirname(file), 0o755);
  const source = join(import.meta.dirname, "../src/index.ts");
  writeFileSync(
    file,
    `import { startPostgres } from "${source}";
     await startPostgres({ dataDir: "${dataDir}", durable: true }).catch(({ message }) => console.log(message));`,
  );
  const child = spawn(process.execPath, [file], { uid: 54_321, gid: 54_321, stdio: ["ignore", "pipe", "inherit"] });
  expect(await text(child.stdout)).toContain("give the user 54321 a line in /etc/passwd");
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
