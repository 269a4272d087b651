import { readFile } from "node:fs/promises";
import { Client } from "pg";
import { expect, test } from "vitest";
import { newDatabase, query, searchPath } from "./harness/database.ts";

const guide = await readFile(new URL("../../../docs/operate.md", import.meta.url), "utf8");

test("the guide's way of ending the audit's old rows ends those alone, and leaves the audit as safe as it was", async () => {
  const [, statements] = /## The audit\n.*?```sql\n(.*?)```/s.exec(guide) ?? [];
  const url = await newDatabase();
  await query(
    url,
    `insert into audit_event (at, actor, action, provider)
     values (now() - interval '13 months', 'old', 'read', 'p'), (now() - interval '11 months', 'new', 'read', 'p')`,
  );
  await expect(query(url, "delete from audit_event")).rejects.toThrow("append only");
  const client = new Client({ connectionString: url, options: searchPath });
  await client.connect();
  await client.query(statements ?? "");
  await client.end();
  expect(await query(url, "select actor from audit_event")).toEqual([{ actor: "new" }]);
  await expect(query(url, "delete from audit_event")).rejects.toThrow("append only");
});
