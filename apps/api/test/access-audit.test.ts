import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { createAccessAudit, openDatabase, type OpenDatabase } from "@patchbay/core/db";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { newDatabase, query } from "./harness/database.ts";
import { eventually } from "./harness/probe.ts";

let url: string;
let database: OpenDatabase;
let connections: number[];

beforeAll(async () => {
  url = await newDatabase();
  database = openDatabase(url);
});
afterAll(() => database.close());

beforeEach(async () => {
  connections = await addConnections(3);
});

/** Connections of one user, as many as that. */
async function addConnections(count: number): Promise<number[]> {
  const user = randomUUID();
  await query(url, `insert into "user" (id, name, email) values ($1, 'Test', $2)`, [user, `${user}@example.com`]);
  const rows = await query<{ id: number }>(
    url,
    `with k as (
       insert into credential (id, provider, client_id, mode, external_id, shared, secret)
       select gen_random_uuid(), 'zoom', 'c', 'live', n::text, false, '' from generate_series(1, $2) n returning *)
     insert into connection (user_id, credential_id, provider, client_id, mode, external_id, label)
     select $1, id, provider, client_id, mode, external_id, 'label' from k returning id::int`,
    [user, count],
  );
  return rows.map(({ id }) => id);
}

/** What was audited, and when each connection was last used. */
async function written() {
  const audited = await query<{ actor: string; connection: number; at: Date }>(
    url,
    "select actor, connection_id::int as connection, at from audit_event where connection_id = any($1) order by id",
    [connections],
  );
  const used = await query<{ id: number; at: Date | null }>(
    url,
    "select id::int, last_used_at as at from connection where id = any($1) order by id",
    [connections],
  );
  return { audited, used: used.map(({ at }) => at) };
}

/** While it runs, the audit takes nothing. */
async function withoutAudit(work: () => Promise<void>): Promise<void> {
  await query(url, "alter table audit_event rename to away");
  try {
    await work();
  } finally {
    await query(url, "alter table away rename to audit_event");
  }
}

describe("records of issued credentials", () => {
  test("records of issued credentials are written together, by one statement, and each connection's last use with them", async () => {
    const [one = 0, two = 0] = connections;
    const spy = vi.spyOn(database.pool, "connect");
    const accessAudit = createAccessAudit(database.db);
    for (const id of [one, two, one]) accessAudit.record("service:crm", id, "zoom");
    await accessAudit.flush();
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
    const { audited, used } = await written();
    expect(audited.map(({ actor, connection }) => [actor, connection])).toEqual(
      [one, two, one].map((id) => ["service:crm", id]),
    );
    expect(used).toEqual([audited[2]?.at, audited[1]?.at, null]);
  });

  test("records of issued credentials write themselves after a moment, with the time at which they were", async () => {
    const everyMs = 2_000;
    const accessAudit = createAccessAudit(database.db, { everyMs });
    const before = Date.now();
    accessAudit.record("service:crm", connections[0] ?? 0, "zoom");
    expect((await written()).audited).toEqual([]);
    await eventually(async () => expect((await written()).audited).toHaveLength(1));
    const at = (await written()).audited[0]?.at.getTime();
    expect(Math.abs((at ?? 0) - before)).toBeLessThan(everyMs / 2);
  });

  test("records of issued credentials never set a last use back", async () => {
    const [id = 0] = connections;
    const later = new Date(Date.now() + 60_000);
    await query(url, "update connection set last_used_at = $2 where id = $1", [id, later]);
    const accessAudit = createAccessAudit(database.db);
    accessAudit.record("service:crm", id, "zoom");
    await accessAudit.flush();
    expect((await written()).used[0]).toEqual(later);
  });

  test("records of issued credentials move a last use by the minute, and are audited one by one", async () => {
    const [id = 0] = connections;
    const accessAudit = createAccessAudit(database.db);
    const useOnce = async (): Promise<Date | null | undefined> => {
      accessAudit.record("service:crm", id, "zoom");
      await accessAudit.flush();
      return (await written()).used[0];
    };
    const first = await useOnce();
    expect(await useOnce()).toEqual(first);
    await query(url, "update connection set last_used_at = now() - interval '61 seconds' where id = $1", [id]);
    expect((await useOnce())?.getTime()).toBeGreaterThan(first?.getTime() ?? Infinity);
    expect((await written()).audited).toHaveLength(3);
  });

  test("records of issued credentials of a connection that is gone meanwhile are audited all the same", async () => {
    const [id = 0] = connections;
    await query(url, "delete from connection where id = $1", [id]);
    const accessAudit = createAccessAudit(database.db);
    accessAudit.record("service:crm", id, "zoom");
    await accessAudit.flush();
    expect((await written()).audited).toHaveLength(1);
  });

  test("records of issued credentials that could not be written are written the next time, and the trouble is told", async () => {
    const tell = vi.fn<(trouble: unknown) => void>();
    const accessAudit = createAccessAudit(database.db, { everyMs: 50, tell });
    await withoutAudit(async () => {
      accessAudit.record("service:crm", connections[0] ?? 0, "zoom");
      accessAudit.record("service:crm", connections[1] ?? 0, "zoom");
      await accessAudit.flush();
    });
    expect(tell).toHaveBeenCalledWith({ waiting: 2, lost: 0, cause: expect.any(Error) as Error });
    accessAudit.record("service:crm", connections[2] ?? 0, "zoom");
    await eventually(async () =>
      expect((await written()).audited.map(({ connection }) => connection)).toEqual(connections),
    );
  });

  test("records of issued credentials that cannot be written are no more than so many: the oldest go, and that is told", async () => {
    const tell = vi.fn<(trouble: unknown) => void>();
    const accessAudit = createAccessAudit(database.db, { everyMs: 60_000, most: 3, tell });
    await withoutAudit(async () => {
      for (let turn = 1; turn <= 5; turn += 1) accessAudit.record(`service:${turn}`, connections[0] ?? 0, "zoom");
      await accessAudit.flush();
    });
    expect(tell).toHaveBeenCalledWith(expect.objectContaining({ waiting: 3, lost: 2 }));
    await accessAudit.stop();
    expect((await written()).audited.map(({ actor }) => actor)).toEqual(["service:3", "service:4", "service:5"]);
  });

  test("records of issued credentials of many processes about the same connections do not get into each other's way", async () => {
    const tell = vi.fn<(trouble: unknown) => void>();
    const many = await addConnections(300);
    const processes = Array.from({ length: 8 }, () => createAccessAudit(database.db, { tell }));
    for (let turn = 0; turn < 40; turn += 1) {
      for (const accessAudit of processes) {
        for (const id of many.filter(() => Math.random() < 0.3)) accessAudit.record("service:crm", id, "zoom");
      }
      await Promise.all(processes.map((accessAudit) => accessAudit.flush()));
    }
    expect(tell).not.toHaveBeenCalled();
  });

  test("records of issued credentials that wait hold no process open", async () => {
    const program = `
      import { createAccessAudit, openDatabase } from "@patchbay/core/db";
      createAccessAudit(openDatabase(process.argv[1]).db, { everyMs: 600_000 }).record("service:crm", 1, "zoom");`;
    const args = ["--input-type=module", "-e", program, url];
    const ended = promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname, timeout: 10_000 });
    await expect(ended).resolves.toBeDefined();
  });
});
