import { randomInt, randomUUID } from "node:crypto";
import { expect, test as base, type Locator, type Page } from "@playwright/test";
import type { Provider } from "./providers.ts";

const word = () => randomInt(1, 0xffff).toString(16);

/** A browser in which a new user is signed in, on the integrations page. What the page complains of fails the test. */
export const test = base.extend<{ address: undefined; complaints: string[]; signedIn: Page }>({
  address: [
    async ({ context }, use) => {
      await context.setExtraHTTPHeaders({ "x-forwarded-for": `2001:db8:${word()}:${word()}::1` });
      await use(undefined);
    },
    { auto: true },
  ],
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        // Chromium itself logs every answer of 400 and above; these are the tests' own affair.
        const ofTheNetwork = message.text().startsWith("Failed to load resource");
        if (message.type() === "error" && !ofTheNetwork) complaints.push(message.text());
      });
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
  signedIn: async ({ page }, use) => {
    await signUp(page);
    await use(page);
  },
});

export { expect };

export async function signUp(page: Page): Promise<{ email: string; password: string }> {
  const account = { email: `${randomUUID()}@example.com`, password: "correct horse" };
  await page.goto("/sign-in");
  const answer = await page.request.post("/api/auth/sign-up/email", { data: { ...account, name: "Ada Test" } });
  expect(answer.ok()).toBe(true);
  await page.goto("/integrations");
  await expect(card(page, "Calendly")).toBeVisible();
  return account;
}

/** A provider's card. */
export function card(page: Page, name: string): Locator {
  return page.getByRole("region", { name, exact: true });
}

/** From the page to the provider's consent page. */
export async function leave(page: Page, provider: Provider, shop = provider.shop): Promise<void> {
  const region = card(page, provider.name);
  const another = region.getByRole("button", { name: `Connect another ${provider.name} account` });
  const first = region.getByRole("button", { name: `Connect ${provider.name}`, exact: true });
  await another.or(first).click();
  if (shop !== undefined) {
    await region.getByRole("textbox").fill(shop);
    await region.getByRole("textbox").press("Enter");
  }
  await page.waitForURL(/127\.0\.0\.1/);
}

/** On the consent page: who, and what they say. */
export async function decide(page: Page, person: string, decision: "Allow" | "Deny"): Promise<void> {
  await page.getByRole("radio", { name: person }).check();
  await page.getByRole("button", { name: decision }).click();
}

/** The whole walk, as the first of the provider's people or as the other. */
export async function connect(page: Page, provider: Provider, as: "person" | "other" = "person"): Promise<void> {
  await leave(page, provider, as === "person" ? provider.shop : provider.otherShop);
  await decide(page, provider[as], "Allow");
  await page.waitForURL(/\/integrations$/);
}
