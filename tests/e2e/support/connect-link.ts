import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { Client } from "pg";
import { appUrl, exampleUrl, serviceKey } from "./addresses.ts";
import { expect } from "./test.ts";

/** Where the product wants its users back. The example answers there. */
export const returnUrl = `${exampleUrl}/connected`;

/** A connect session, as the product's back end gets it. */
export interface ConnectLink {
  id: string;
  url: string;
}

const sessions = `${appUrl}/api/v1/connect/sessions`;
const buildHeaders = (key: string) => ({ authorization: `Bearer ${key}`, "content-type": "application/json" });

/** Makes a link for a new user of the product. */
export async function createLink(request: Record<string, unknown> = {}, key = serviceKey): Promise<ConnectLink> {
  const user = { id: randomUUID(), name: "Ada Lovelace", email: "ada@acme.example" };
  const body = JSON.stringify({ user, returnUrl, ...request });
  const answer = await fetch(sessions, { method: "POST", headers: buildHeaders(key), body });
  expect(answer.status, await answer.clone().text()).toBe(201);
  return (await answer.json()) as ConnectLink;
}

/** Cancels a session, as the product's back end does. */
export async function cancelLink({ id }: ConnectLink): Promise<void> {
  expect((await fetch(`${sessions}/${id}`, { method: "DELETE", headers: buildHeaders(serviceKey) })).status).toBe(200);
}

/** Makes a session look as if its time were over. */
export async function expireVisit({ id }: ConnectLink): Promise<void> {
  const client = new Client({ connectionString: process.env["E2E_DATABASE_URL"], options: "-c search_path=patchbay" });
  await client.connect();
  await client.query("update connect_session set expires_at = now() - interval '1 s' where id = $1", [id]);
  await client.query("update session set expires_at = now() - interval '1 s' where connect_session_id = $1", [id]);
  await client.end();
}

/** Answers in place of the product, which these tests do not need. Gives the addresses at which it was called. */
export async function playProduct(page: Page): Promise<URL[]> {
  const returns: URL[] = [];
  await page.route(`${exampleUrl}/**`, async (route) => {
    returns.push(new URL(route.request().url()));
    await route.fulfill({ contentType: "text/html", body: "<title>Acme</title><h1>Back at Acme</h1>" });
  });
  return returns;
}
