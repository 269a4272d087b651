import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";

/** A migrated database of its own. Not dropped afterwards: the whole PostgreSQL goes. */
export async function newDatabase(): Promise<string> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const url = new URL(inject("template"));
  url.pathname = "/postgres";
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await client.query(`create database ${name} template template strategy file_copy`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
}

/** The same database by the role that serves: what the tests do besides, they do as its owner. */
export function forServing(databaseUrl: string): string {
  const [url, serving] = [new URL(databaseUrl), new URL(inject("serving"))];
  Object.assign(url, { username: serving.username, password: serving.password });
  return url.href;
}

/** So that the tests' own statements find the tables without naming their schema. The product's connections have none. */
export const searchPath = "-c search_path=patchbay";

/** Reads from a database what no path of the product shows. */
export async function query<Row extends object>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url, options: searchPath });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
