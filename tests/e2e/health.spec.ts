import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { grantOf, type Health, idOf, listed, setEnd, setHealth, streamsOf } from "./support/health.ts";
import { calendly, shopify, zoom } from "./support/providers.ts";
import { card, connect, decide, expect, test } from "./support/test.ts";

const broken: Health = { status: "needs_reconnect", reason: "grant_ended" };
const removed: Health = { status: "revoked", reason: "removed_at_provider" };
const well: Health = { status: "active", reason: null };
const shifted = 0.05;

/** The page with one account, whose stream of news stands. Gives the account's id. */
async function withAccount(page: Page, provider = calendly): Promise<number> {
  await connect(page, provider);
  const account = card(page, provider.name).getByRole("button", { name: `Disconnect ${provider.label}` });
  await account.waitFor();
  const standing = page.waitForResponse((response) => response.url().includes("connections.watch"));
  await page.goto("/integrations");
  await standing;
  await account.waitFor();
  // The list is asked for once more when the stream stands.
  await page.waitForTimeout(400);
  return await idOf(page, provider.label);
}

const badge = (page: Page, words: string) => card(page, "Calendly").getByText(words, { exact: true });

test("an open page shows what became of an account, says why, and says it once", async ({ signedIn: page }) => {
  const id = await withAccount(page);
  const details = page.getByRole("button", { name: `Details of ${calendly.label}` });
  await details.focus();
  await setHealth(id, broken);
  await expect(badge(page, "Needs reconnecting")).toBeVisible();
  await expect(card(page, "Calendly").getByText(/Calendly ended our access/)).toBeVisible();
  await expect(page.getByRole("status")).toContainText(
    `Calendly stopped working: ${calendly.label}. Calendly ended our access`,
  );
  const messages = page.getByRole("region", { name: "Messages" });
  await expect(messages.getByRole("listitem")).toHaveCount(1);
  await expect(messages.getByRole("button", { name: "Reconnect" })).toBeVisible();
  await expect(details).toBeFocused();
  await setHealth(id, well);
  await expect(badge(page, "Working")).toBeVisible();
  await expect(page.getByRole("status")).toContainText(`Calendly works again: ${calendly.label}.`);
});

test("95 of 100 changes are on an open page within a second", async ({ signedIn: page }) => {
  test.setTimeout(120_000);
  const id = await withAccount(page);
  const lags: number[] = [];
  for (let changes = 0; changes < 100; changes += 1) {
    const next = changes % 2 === 0 ? broken : well;
    const shown = page.waitForFunction(badgeSays, next === well ? "Working" : "Needs reconnecting");
    const start = Date.now();
    await setHealth(id, next);
    lags.push(Number(await (await shown).jsonValue()) - start);
  }
  const p95 = lags.toSorted((a, b) => a - b)[94];
  expect(p95).toBeLessThanOrEqual(1_000);
});

function badgeSays(words: string): number | false {
  return document.querySelector(".account .badge")?.textContent === words && Date.now();
}

test("two tabs share one stream; the other one goes on when the first is closed", async ({
  signedIn: page,
  context,
}) => {
  const id = await withAccount(page);
  const other = await context.newPage();
  const streams = streamsOf(other);
  await other.goto("/integrations");
  await expect(badge(other, "Working")).toBeVisible();
  await other.waitForTimeout(1_000);
  expect(streams.opened).toBe(0);
  await setHealth(id, broken);
  await expect(badge(page, "Needs reconnecting")).toBeVisible();
  await expect(badge(other, "Needs reconnecting")).toBeVisible();
  await page.close();
  await expect.poll(() => streams.standing).toBe(1);
  await setHealth(id, well);
  await expect(badge(other, "Working")).toBeVisible();
});

test("signing out in one tab closes the stream and takes every tab to sign-in", async ({ signedIn: page, context }) => {
  const streams = streamsOf(page);
  await withAccount(page);
  await expect.poll(() => streams.standing).toBe(1);
  const other = await context.newPage();
  await other.goto("/integrations");
  await expect(badge(other, "Working")).toBeVisible();
  await other.waitForTimeout(1_000);
  await other.getByRole("button", { name: "Sign out" }).click();
  await expect(other).toHaveURL(/\/sign-in/);
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByText("You signed out in another tab.").first()).toBeVisible();
  await expect.poll(() => streams.standing).toBe(0);
  const { opened } = streams;
  await page.waitForTimeout(2_000);
  expect(streams.opened).toBe(opened);
});

test("a session that ends elsewhere takes the page to sign-in by itself", async ({ signedIn: page, context }) => {
  await withAccount(page);
  // Without the browser's own word for it: as another browser would sign this one out.
  const cookies = await context.cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const answer = await fetch(new URL("/api/auth/sign-out", page.url()), {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body: "{}",
  });
  expect(answer.ok).toBe(true);
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByText("Your session ended, so you are signed out.").first()).toBeVisible();
});

test("the stream is taken up again after the network was gone, and what was missed is shown", async ({
  signedIn: page,
  context,
}) => {
  const id = await withAccount(page);
  await context.setOffline(true);
  await setHealth(id, broken);
  await page.waitForTimeout(500);
  await context.setOffline(false);
  await expect(badge(page, "Needs reconnecting")).toBeVisible();
});

test("reconnecting in place keeps the connection’s id and replaces its grant", async ({ signedIn: page }) => {
  const id = await withAccount(page);
  await setHealth(id, broken);
  const before = await grantOf(id);
  await page.getByRole("region", { name: "Messages" }).getByRole("button", { name: "Reconnect" }).click();
  await page.waitForURL(/127\.0\.0\.1/);
  await decide(page, calendly.person, "Allow");
  await page.waitForURL(/\/integrations$/);
  await expect(badge(page, "Working")).toBeVisible();
  expect(await listed(page)).toMatchObject([{ id, status: "active" }]);
  expect((await grantOf(id))?.secret).not.toBe(before?.secret);
});

test("a shop is not asked for again when its connection is renewed", async ({ signedIn: page }) => {
  const id = await withAccount(page, shopify);
  await setHealth(id, broken);
  await card(page, "Shopify")
    .getByRole("button", { name: `Reconnect ${shopify.label}` })
    .click();
  await page.waitForURL(/127\.0\.0\.1/);
  await decide(page, shopify.person, "Allow");
  await page.waitForURL(/\/integrations$/);
  await expect(card(page, "Shopify").getByText("Working", { exact: true })).toBeVisible();
  expect(await listed(page)).toMatchObject([{ id, status: "active" }]);
});

test("another account than the one to be renewed changes nothing, is named, and may be connected as another", async ({
  signedIn: page,
}) => {
  const id = await withAccount(page);
  await setHealth(id, broken);
  const before = await grantOf(id);
  await card(page, "Calendly")
    .getByRole("button", { name: `Reconnect ${calendly.label}` })
    .click();
  await page.waitForURL(/127\.0\.0\.1/);
  await decide(page, calendly.other, "Allow");
  await page.waitForURL(/\/integrations$/);
  const region = card(page, "Calendly");
  await expect(region.getByText(`${calendly.label} was not reconnected.`)).toBeVisible();
  await expect(region.getByRole("button", { name: "Reconnect", exact: true })).toBeVisible();
  expect(await grantOf(id)).toEqual(before);
  await region.getByRole("button", { name: "Connect it as another account" }).click();
  await page.waitForURL(/127\.0\.0\.1/);
  await decide(page, calendly.other, "Allow");
  await page.waitForURL(/\/integrations$/);
  await expect(region.getByRole("button", { name: `Disconnect ${calendly.otherLabel}` })).toBeVisible();
  expect(await listed(page)).toHaveLength(2);
});

test("an account that this page disconnects is told by its receipt, and by nothing else", async ({
  signedIn: page,
}) => {
  await withAccount(page);
  await page.getByRole("button", { name: `Disconnect ${calendly.label}` }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Disconnect", exact: true }).click();
  await expect(page.getByRole("status")).toContainText("Our access was withdrawn at Calendly.");
  await page.waitForTimeout(1_000);
  await expect(page.getByRole("status")).toContainText("Our access was withdrawn at Calendly.");
  await expect(page.getByRole("region", { name: "Messages" })).toBeHidden();
});

test("a change moves the page hardly at all", async ({ signedIn: page }) => {
  const id = await withAccount(page);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await setHealth(id, well);
    await page.goto("/integrations");
    await expect(badge(page, "Working")).toBeVisible();
    await page.waitForTimeout(1_500);
    await page.evaluate(watchShifts);
    await setHealth(id, removed);
    await expect(card(page, "Calendly").getByText("Access withdrawn")).toBeVisible();
    await page.waitForTimeout(300);
    const shift = await page.evaluate(() => Number(document.documentElement.dataset["shift"]));
    expect(shift, `${width} px`).toBeLessThanOrEqual(shifted);
  }
});

function watchShifts(): void {
  document.documentElement.dataset["shift"] = "0";
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value = 0 } = entry as PerformanceEntry & { value?: number };
      const { dataset } = document.documentElement;
      dataset["shift"] = String(Number(dataset["shift"]) + value);
    }
  });
  observer.observe({ type: "layout-shift" });
}

test("an end that is near is told on the card, one that is far only in the details", async ({ signedIn: page }) => {
  const id = await withAccount(page);
  const day = 86_400_000;
  await setEnd(id, new Date(Date.now() + 60 * day));
  await page.reload();
  await page.getByRole("button", { name: `Details of ${calendly.label}` }).click();
  await expect(page.getByText(/Renewed automatically\. Without renewal, access would end on/)).toBeVisible();
  await expect(page.getByText("Not yet", { exact: true })).toBeVisible();
  await expect(page.getByText(/Reconnect to be safe/)).toBeHidden();
  await setEnd(id, new Date(Date.now() + 10 * day));
  await page.reload();
  await expect(card(page, "Calendly").getByText(/Access ends on \d+ \w+ unless it can be renewed/)).toBeVisible();
  await expect(card(page, "Calendly").getByRole("button", { name: `Reconnect ${calendly.label}` })).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [320, 1280]) {
    test(`accounts that do not work have no fault that axe finds: ${colorScheme}, ${width} px`, async ({
      signedIn: page,
    }, info) => {
      // Four accounts are connected, and axe reads the whole page.
      test.slow();
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 900 });
      await connect(page, zoom);
      await connect(page, zoom, "other");
      await connect(page, shopify);
      const id = await withAccount(page, calendly);
      await setEnd(await idOf(page, zoom.otherLabel), new Date(Date.now() + 5 * 86_400_000));
      await setHealth(await idOf(page, zoom.label), broken);
      await setHealth(await idOf(page, shopify.label), removed);
      await setHealth(id, { status: "disconnecting", reason: null });
      await expect(card(page, "Calendly").getByText("Disconnecting", { exact: true })).toBeVisible();
      await expect(page.getByText(/Reconnect to be safe/)).toBeVisible();
      await page.getByRole("button", { name: `Details of ${zoom.label}` }).click();
      await expect(page.getByText("Last used")).toBeVisible();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
      await page.screenshot({ path: info.outputPath("health.png"), fullPage: true });
    });
  }
}
