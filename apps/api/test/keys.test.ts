import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { claimInstallation, openDatabase } from "@patchbay/core/db";
import { createSeals, createVault, readKeyring } from "@patchbay/core/vault";
import { beforeEach, describe, expect, test } from "vitest";
import { createMeter } from "../src/keys/meter.ts";
import { runKeys } from "../src/keys.ts";
import { newDatabase, query } from "./harness/database.ts";
import { newcomer, startWalk } from "./harness/probe.ts";
import { subjects } from "./harness/subjects.ts";
import { connect } from "./harness/walk.ts";
import { createWorld } from "./harness/world.ts";

const newKey = (id: string) => `${id}:${randomBytes(32).toString("base64")}`;
const [k1, k2] = [newKey("k1"), newKey("k2")];
const sealsOf = (keys: string) => createSeals(createVault(readKeyring(keys)));

let url: string;

beforeEach(async () => {
  url = await newDatabase();
  const database = openDatabase(url);
  await claimInstallation(database.db, createVault(readKeyring(k1)), "live");
  await database.close();
});

type Stored = { id: string; secret: Buffer };

/** Credentials sealed under the first of these keys. */
async function store(count: number, keys = k1): Promise<string[]> {
  const seals = sealsOf(keys);
  const ids = Array.from({ length: count }, () => randomUUID());
  const secrets = ids.map((id) => seals.sealCredentials({ accessToken: id, metadata: {} }, { id, provider: "zoom" }));
  await query(
    url,
    `insert into credential (id, provider, client_id, mode, external_id, shared, secret)
     select id, 'zoom', 'c', 'live', id::text, false, secret from unnest($1::uuid[], $2::bytea[]) as s (id, secret)`,
    [ids, secrets],
  );
  return ids;
}

/** What a run says, and how it ends. */
async function run(command: string, keys: string) {
  const said: string[] = [];
  const env = { DATABASE_URL: url, ENCRYPTION_KEYS: keys };
  const code = await runKeys(command, env, { write: (text) => said.push(text) });
  return { code, said: said.join("") };
}

/** Which credentials open with these keys, each as the one that it is. */
async function openWith(keys: string): Promise<{ open: string[]; closed: string[] }> {
  const seals = sealsOf(keys);
  const rows = await query<Stored>(url, "select id, secret from credential");
  const opens = ({ id, secret }: Stored) => {
    try {
      return seals.openCredentials(secret, { id, provider: "zoom" }).accessToken === id;
    } catch {
      return false;
    }
  };
  const open = rows.filter(opens).map(({ id }) => id);
  return { open, closed: rows.map(({ id }) => id).filter((id) => !open.includes(id)) };
}

const flip = (id: string, at: number) =>
  query(url, "update credential set secret = set_byte(secret, $2, get_byte(secret, $2) # 1) where id = $1", [id, at]);

describe("rotate", () => {
  test("rotate seals all there is under the first key, and says that the old one may go", async () => {
    const ids = await store(450);
    expect(await run("rotate", `${k2},${k1}`)).toMatchObject({ code: 0 });
    expect((await openWith(k2)).open.toSorted()).toEqual(ids.toSorted());
    const again = await run("rotate", `${k2},${k1}`);
    expect(again.said).toContain("0 sealed anew.\nUnder k2, which seals: 451.\n");
    expect(again.said).toContain("Nothing is left under k1: the key k1 may be removed.");
    expect(await run("verify", k2)).toMatchObject({ code: 0 });
  });

  test("rotate knows every sealed column: after it, all that a product at work has stored opens with the new key alone", async () => {
    await using world = await createWorld({ telegram: true, env: { ENCRYPTION_KEYS: k1 } });
    const browser = await newcomer(world);
    for (const subject of subjects) {
      await connect(browser, subject);
      const { back } = await startWalk(world, subject, browser);
      if (!subject.finishesOnReturn) await browser.get(back);
    }
    await browser.send("/api/v1/channels/telegram/connect/qr", { method: "POST" });
    url = world.databaseUrl;
    const before = await run("verify", k1);
    for (const column of [
      "attempt.authorization_response",
      "attempt.current_step",
      "attempt.provider_state",
      "credential.secret",
    ]) {
      expect(before.said).toMatch(new RegExp(`^k1 +${column} +\\d`, "m"));
    }
    expect(await run("rotate", `${k2},${k1}`)).toMatchObject({ code: 0 });
    expect(await run("verify", k2)).toMatchObject({ code: 0 });
  }, 60_000);

  test("every column that could hold a blob is sealed, or named here", async () => {
    const columns = await query<{ name: string }>(
      url,
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema = 'patchbay' and data_type = 'bytea' order by 1`,
    );
    const sealed = [
      "attempt.authorization_response",
      "attempt.current_step",
      "attempt.provider_state",
      "credential.secret",
      "installation.canary",
    ];
    const ofAttempts = [
      "attempt.browser_hash",
      "attempt.code_recipient",
      "attempt.id",
      "attempt.rate_limit_subject",
      "attempt.ticket_hash",
    ];
    const ofSessions = ["connect_session.request_hash", "connect_session.token_hash"];
    const fingerprints = [...ofAttempts, ...ofSessions, "failed_verification.subject", "rate_limit.subject"];
    const signed = ["webhook_event.body"];
    expect(columns.map(({ name }) => name)).toEqual([...sealed, ...fingerprints, ...signed].sort());
  });

  test("81. rotate goes on where it was killed", async () => {
    await store(8_000);
    const [program, env] = [
      fileURLToPath(new URL("../src/keys.ts", import.meta.url)),
      { ENCRYPTION_KEYS: `${k2},${k1}` },
    ];
    const child = spawn(process.execPath, [program, "rotate"], { env: { ...env, DATABASE_URL: url }, stdio: "ignore" });
    // Read from the header alone, which names the key: to open all takes longer than to seal them.
    const sealedAnew = `select from credential where substring(secret, 3, get_byte(secret, 1)) = $1 limit 1`;
    while ((await query(url, sealedAnew, [Buffer.from(k2.split(":")[0] ?? "")])).length === 0) await sleep(1);
    child.kill("SIGKILL");
    await once(child, "exit");
    const { open, closed } = await openWith(k2);
    expect(Math.min(open.length, closed.length)).toBeGreaterThan(0);
    expect((await openWith(`${k2},${k1}`)).closed).toEqual([]);
    const { code, said } = await run("rotate", `${k2},${k1}`);
    expect(code).toBe(0);
    // The canary is one more; and what was being written when the kill came, the database may have finished.
    expect(Number(/(\d+) sealed anew/.exec(said)?.[1])).toBeLessThanOrEqual(closed.length + 1);
    expect((await openWith(k2)).closed).toEqual([]);
  }, 60_000);

  test("81. rotate takes nothing back that is written meanwhile, by a process before or after the change", async () => {
    const ids = await store(1_000);
    const written = new Map<string, string>();
    const done = new AbortController();
    const writer = async (keys: string, part: readonly string[]) => {
      const seals = sealsOf(keys);
      const database = openDatabase(url, { max: 1 });
      for (let turn = 0; !done.signal.aborted; turn += 1) {
        const id = part[turn % part.length] ?? "";
        const secret = seals.sealCredentials({ accessToken: `${id} ${turn}`, metadata: {} }, { id, provider: "zoom" });
        await database.pool.query("update credential set secret = $2 where id = $1", [id, secret]);
        written.set(id, `${id} ${turn}`);
      }
      await database.close();
    };
    const writers = [writer(`${k1},${k2}`, ids.slice(0, 300)), writer(`${k2},${k1}`, ids.slice(300, 600))];
    for (let turn = 0; turn < 5; turn += 1) await run("rotate", turn % 2 ? `${k2},${k1}` : `${k1},${k2}`);
    done.abort();
    await Promise.all(writers);
    const seals = sealsOf(`${k1},${k2}`);
    for (const { id, secret } of await query<Stored>(url, "select id, secret from credential")) {
      expect(seals.openCredentials(secret, { id, provider: "zoom" }).accessToken).toBe(written.get(id) ?? id);
    }
    expect(await run("rotate", `${k2},${k1}`)).toMatchObject({ code: 0 });
    expect((await openWith(k2)).closed.length).toBe(written.size);
  });
});

describe("a rotation that meets others, or broken rows", () => {
  test("two rotations at once do no harm", async () => {
    const ids = await store(2_000);
    const runs = await Promise.all([1, 2, 3].map(() => run("rotate", `${k2},${k1}`)));
    expect(runs.map(({ code }) => code)).toContain(0);
    expect(await run("rotate", `${k2},${k1}`)).toMatchObject({ code: 0 });
    expect((await openWith(k2)).open).toHaveLength(ids.length);
  });

  test("rotate waits for nobody who holds a row, and says that it is not done", async () => {
    const [held = "", broken = ""] = await store(10);
    await flip(broken, 40);
    const database = openDatabase(url, { max: 1 });
    const client = await database.pool.connect();
    await client.query("begin");
    await client.query("select from credential where id = $1 for update", [held]);
    const { code, said } = await run("rotate", `${k2},${k1}`);
    await client.query("commit");
    client.release();
    await database.close();
    expect(code).toBe(1);
    expect(said).toContain("Still under k1: 2.\nSomebody wrote some of them meanwhile: run it again.");
    expect(said.split(`Does not open: credential ${broken}\n`)).toHaveLength(2);
    expect((await openWith(k2)).closed.toSorted()).toEqual([held, broken].toSorted());
  });

  test("78. rotate names a row with a bit turned, leaves it alone, and moves the others", async () => {
    const ids = await store(300);
    const [header = "", body = ""] = ids;
    // The first byte of the key's id, and one of the tag.
    await flip(header, 2);
    await flip(body, 20);
    const before = await query<Stored>(url, "select secret from credential where id = any($1) order by id", [
      [header, body],
    ]);
    const { code, said } = await run("rotate", `${k2},${k1}`);
    expect(code).toBe(1);
    for (const id of [header, body]) expect(said.split(`Does not open: credential ${id}\n`)).toHaveLength(2);
    expect(said).toContain("2 do not open, and were left as they are.");
    expect(said).toContain("Still under k1: 1.");
    expect(said).not.toContain("may be removed");
    expect((await openWith(k2)).closed.toSorted()).toEqual([header, body].toSorted());
    expect(await query(url, "select secret from credential where id = any($1) order by id", [[header, body]])).toEqual(
      before,
    );
  });

  test("79. rotate is not stopped by a row that holds no blob at all", async () => {
    const ids = await store(3);
    await query(url, "update credential set secret = '' where id = $1", [ids[0]]);
    await query(url, "update credential set secret = '\\x01' where id = $1", [ids[1]]);
    expect(await run("rotate", `${k2},${k1}`)).toMatchObject({ code: 1 });
    expect((await openWith(k2)).open).toEqual([ids[2]]);
  });

  test("rotate with another key of the same name changes nothing", async () => {
    await store(250);
    const before = await query(url, "select * from credential order by id");
    const { code, said } = await run("rotate", `${k2},${newKey("k1")}`);
    expect(code).toBe(1);
    expect(said.match(/^Does not open: /gm)).toHaveLength(100);
    expect(said).toContain("251 do not open, and were left as they are.");
    expect(await query(url, "select * from credential order by id")).toEqual(before);
  });
});

describe("verify", () => {
  test("verify counts what lies under which key, column by column", async () => {
    await store(3);
    await store(2, k2);
    const { code, said } = await run("verify", `${k2},${k1}`);
    expect(code).toBe(0);
    expect(said).toMatch(/^k1 +credential\.secret +3$/m);
    expect(said).toMatch(/^k2 +credential\.secret +2$/m);
    expect(said).toMatch(/^k1 +installation\.canary +1$/m);
    expect(said).toContain("All 6 open.");
  });

  test.each(["a bit turned", "a key missing", "two rows swapped"])(
    "verify names what does not open: %s",
    async (what) => {
      const [one = "", two = ""] = await store(3);
      await store(1, k2);
      if (what === "a bit turned") await flip(one, 40);
      const swap =
        "update credential k set secret = o.secret from credential o where k.id = any($1) and o.id = any($1) and k.id <> o.id";
      if (what === "two rows swapped") await query(url, swap, [[one, two]]);
      const { code, said } = await run("verify", what === "a key missing" ? k2 : `${k2},${k1}`);
      expect(code).toBe(1);
      expect(said).toContain(`Does not open: credential ${one}\n`);
    },
  );
});

test("what cannot be done is said, and what is wrong with the environment", async () => {
  expect(await run("rotat", k1)).toMatchObject({ code: 2 });
  await expect(run("rotate", "canary")).rejects.toThrow("ENCRYPTION_KEYS: entry 1 must look like id:base64");
  await expect(run("rotate", "canary")).rejects.not.toThrow("canary");
});

describe("the meter", () => {
  const drawn = (isTTY: boolean, times: readonly number[]) => {
    const said: string[] = [];
    let now = 0;
    const meter = createMeter({ isTTY, write: (text) => said.push(text) }, () => now);
    for (const [done, at] of times.entries()) {
      now = at;
      meter.moved(done, times.length - 1);
    }
    meter.end();
    return said;
  };

  test("the meter is a bar on a terminal, drawn in one line", () => {
    const said = drawn(true, [0, 50, 200, 210]);
    expect(said).toHaveLength(4);
    expect(said[0]).toBe(`\r${"░".repeat(30)} 0 of 3, 0 %\u001B[K`);
    expect(said[2]).toBe(`\r${"█".repeat(30)} 3 of 3, 100 %\u001B[K`);
  });

  test("the meter is a line every few seconds elsewhere, and one at the end", () => {
    expect(drawn(false, [0, 1_000, 4_000, 5_000])).toEqual(["0 of 3, 0 %\n", "2 of 3, 66 %\n", "3 of 3, 100 %\n"]);
  });
});
