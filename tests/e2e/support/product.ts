import { createPatchbay } from "@patchbay/node";
import { people } from "@patchbay/sandbox/people";
import type { Page, Route } from "@playwright/test";
import { Client } from "pg";
import { appUrl, exampleUrl, sandboxUrl, serviceKey } from "./addresses.ts";
import type { Provider } from "./providers.ts";
import { sandbox } from "./sandbox.ts";
import { decide, expect } from "./test.ts";

/** The product's users, by the names on its sign-in page. */
export const users = { ada: "usr_ada", ben: "usr_ben" } as const;
const names = { ada: "Ada Lovelace", ben: "Ben Okri" } as const;

/** Patchbay, as the example's back end calls it. */
export const patchbay = createPatchbay({ url: appUrl, key: serviceKey });

/** Erases the product's users, with what earlier tests have connected. */
export async function eraseUsers(): Promise<void> {
  for (const user of Object.values(users)) await patchbay.users.erase(user);
}

export async function signIn(page: Page, who: keyof typeof users): Promise<void> {
  await page.goto(`${exampleUrl}/sign-in`);
  await page.getByRole("button", { name: names[who] }).click();
  await expect(page.getByText(names[who])).toBeVisible();
}

/** Presses Connect at the product, and goes as far as the provider's consent page. */
export async function startAtProduct(page: Page, { name }: Provider): Promise<void> {
  await page.getByRole("button", { name: `Connect ${name}`, exact: true }).click();
  await page.waitForURL(`${sandboxUrl}/**`);
}

/** From the product to the provider and back. */
export async function connectAtProduct(page: Page, provider: Provider): Promise<void> {
  await startAtProduct(page, provider);
  await decide(page, provider.person, "Allow");
  await page.waitForURL(`${exampleUrl}/?notice=*`);
}

/** Where the product sends the browser when a user presses Connect, without the browser going there. */
export async function takeLink(page: Page, { id }: Provider): Promise<string> {
  const answer = await page.request.post(`${exampleUrl}/connect/${id}`, { maxRedirects: 0 });
  expect(answer.status()).toBe(303);
  return answer.headers()["location"] ?? "";
}

/**
 * Keeps the browser from coming back to the product. The function that it gives waits for the return, and gives its address.
 * Playwright does not see the requests that a redirect leads to, so the provider's redirect is followed by a small page.
 */
export async function holdReturn(page: Page): Promise<() => Promise<string>> {
  let address = "";
  await page.route(/\/callback\?/, async (route) => {
    address = (await getRedirect(route)).href;
    await route.fulfill({ contentType: "text/html", body: "The return is held." });
  });
  await page.route(/authorize/, async (route) => {
    if (route.request().method() !== "POST") return await route.continue();
    const to = JSON.stringify((await getRedirect(route)).href);
    await route.fulfill({ contentType: "text/html", body: `<script>location.replace(${to})</script>` });
  });
  return async () => {
    await expect(page.getByText("The return is held.")).toBeVisible();
    return address;
  };
}

async function getRedirect(route: Route): Promise<URL> {
  const answer = await route.fetch({ maxRedirects: 0 });
  return new URL(answer.headers()["location"] ?? "");
}

/** How often each code was exchanged that the provider sent this page's browser back with. */
export function watchCodes(page: Page): { counts(): Promise<number[]> } {
  const codes = new Set<string>();
  page.context().on("request", (request) => {
    const url = new URL(request.url());
    const code = url.searchParams.get("code");
    if (url.origin === appUrl && code !== null) codes.add(code);
  });
  return {
    async counts() {
      const known = (await sandbox.listCalls()).codes;
      return [...codes].map((code) => known[code]?.exchanged ?? 0);
    },
  };
}

/**
 * Waits until the page shows the profile that Zoom's API gives. Zoom keeps one grant of an account, so another test that connects
 * the same person at this moment ends the token, until its own is stored: the page is then asked again.
 */
export async function expectProfile(page: Page): Promise<void> {
  await expect(async () => {
    await page.reload();
    await expect(page.getByText(people.zoom.priya.email)).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 15_000 });
}

/** The id of the connect session in the address of a return. */
export function sessionIn(address: string): string {
  return new URL(address).searchParams.get("connect_session") ?? "";
}

async function change(statement: string, session: string): Promise<void> {
  const client = new Client({ connectionString: process.env["E2E_DATABASE_URL"], options: "-c search_path=patchbay" });
  await client.connect();
  await client.query(statement, [session]);
  await client.end();
}

/** Makes the code of a return look as if its two minutes were over. */
export async function expireReturn(session: string): Promise<void> {
  await change("update attempt set ticket_until = now() - interval '1 s' where connect_session_id = $1", session);
}

/** Makes a link look as if its time were over. */
export async function expireLink(session: string): Promise<void> {
  await change("update connect_session set expires_at = now() - interval '1 s' where id = $1", session);
}
