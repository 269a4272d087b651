import type { Page } from "@playwright/test";
import { Client } from "pg";

export type Health = { status: "active" | "needs_reconnect" | "revoked" | "disconnecting"; reason: string | null };

async function ask<Row extends object>(query: string, values: unknown[]): Promise<Row[]> {
  const client = new Client({ connectionString: process.env["E2E_DATABASE_URL"] });
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

/** The streams of news that a page opened, and how many stand. */
export function streamsOf(page: Page): { opened: number; standing: number } {
  const count = { opened: 0, standing: 0 };
  page.on("request", (request) => {
    if (!request.url().includes("connections.watch")) return;
    count.opened += 1;
    count.standing += 1;
  });
  const over = (request: { url: () => string }): void => {
    if (request.url().includes("connections.watch")) count.standing -= 1;
  };
  page.on("requestfinished", over);
  page.on("requestfailed", over);
  return count;
}
