import type { Page, Request } from "@playwright/test";
import { Client } from "pg";

export type Health = { status: "active" | "needs_reconnect" | "revoked" | "disconnecting"; reason: string | null };

async function ask<Row extends object>(query: string, values: unknown[]): Promise<Row[]> {
  const client = new Client({ connectionString: process.env["E2E_DATABASE_URL"], options: "-c search_path=patchbay" });
  await client.connect();
  const { rows } = await client.query<Row>(query, values);
  await client.end();
  return rows;
}

/** What the background work would do once a provider has said so. */
export async function setHealth(connection: number, { status, reason }: Health): Promise<void> {
  await ask(
    "update credential set status = $2, reason = $3 where id = (select credential_id from connection where id = $1)",
    [connection, status, reason],
  );
}

export async function setEnd(connection: number, endsAt: Date): Promise<void> {
  await ask(
    "update credential set refresh_expires_at = $2 where id = (select credential_id from connection where id = $1)",
    [connection, endsAt],
  );
}

/** The sealed grant and its version, to see whether they were replaced. */
export async function grantOf(connection: number): Promise<{ secret: string; version: number } | undefined> {
  const rows = await ask<{ secret: string; version: number }>(
    `select encode(k.secret, 'hex') as secret, k.version
     from connection c join credential k on k.id = c.credential_id where c.id = $1`,
    [connection],
  );
  return rows[0];
}

interface Listed {
  id: number;
  provider: string;
  label: string;
  status: string;
}

/** The user's connections as the API lists them. */
export async function listed(page: Page): Promise<Listed[]> {
  return (await (await page.request.get("/api/v1/channels/")).json()) as Listed[];
}

export async function idOf(page: Page, label: string): Promise<number> {
  return (await listed(page)).find((one) => one.label === label)?.id ?? 0;
}

/** The streams of news that a page opens from now on, and how many of them stand. */
export function streamsOf(page: Page): { readonly opened: number; readonly standing: number } {
  let opened = 0;
  const standing = new Set<Request>();
  page.on("request", (request) => {
    if (!request.url().includes("connections.watch")) return;
    opened += 1;
    standing.add(request);
  });
  page.on("requestfinished", (request) => standing.delete(request));
  page.on("requestfailed", (request) => standing.delete(request));
  return {
    get opened() {
      return opened;
    },
    get standing() {
      return standing.size;
    },
  };
}

/** Gives a user more accounts of the kind of one that they have. None of these opens anything. */
export async function addCopies(connection: number, count: number): Promise<number[]> {
  const rows = await ask<{ id: number }>(
    `with copies as (
       insert into credential (id, provider, client_id, mode, external_id, shared, secret, scopes)
       select gen_random_uuid(), k.provider, k.client_id, k.mode, k.external_id || '-' || n, k.shared, k.secret, k.scopes
       from connection c join credential k on k.id = c.credential_id cross join generate_series(1, $2) n where c.id = $1
       returning id, external_id)
     insert into connection (user_id, credential_id, provider, client_id, mode, external_id, label, email)
     select c.user_id, copies.id, c.provider, c.client_id, c.mode, copies.external_id, copies.external_id, null
     from connection c, copies where c.id = $1 returning id::int`,
    [connection, count],
  );
  return rows.map(({ id }) => id);
}
