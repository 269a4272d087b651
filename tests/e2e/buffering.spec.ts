import type { Page } from "@playwright/test";
import { startBufferingProxy } from "./support/buffering.ts";
import { idOf, setHealth, streamsOf } from "./support/health.ts";
import { calendly } from "./support/providers.ts";
import { connected, lena, openDialog, scan } from "./support/telegram.ts";
import { card, connect, expect, signUp, test as base } from "./support/test.ts";

/** A page whose browser goes through a proxy that holds streams back. */
const test = base.extend<{ behind: { page: Page; held: () => number } }>({
  behind: async ({ browser }, use) => {
    const { server, held, stop } = await startBufferingProxy();
    const context = await browser.newContext({ proxy: { server, bypass: "<-loopback>" } });
    await use({ page: await context.newPage(), held });
    await context.close();
    await stop();
  },
});

test.setTimeout(120_000);

test("behind a proxy that holds streams back, the page shows what became of an account all the same", async ({
  behind: { page, held },
}) => {
  await signUp(page);
  await connect(page, calendly);
  await card(page, "Calendly").getByText(calendly.label).first().waitFor();
  await expect.poll(held).toBeGreaterThan(0);
  await setHealth(await idOf(page, calendly.label), { status: "needs_reconnect", reason: "grant_ended" });
  await expect(card(page, "Calendly").getByText("Needs reconnecting", { exact: true })).toBeVisible({
    timeout: 30_000,
  });
});

test("behind a proxy that holds streams back, a code that is scanned connects all the same", async ({
  behind: { page, held },
}) => {
  await signUp(page);
  await expect.poll(held).toBeGreaterThan(0);
  const { dialog, url } = await openDialog(page);
  await expect(dialog.getByRole("img", { name: /Code to scan/ })).toBeVisible();
  await scan(url, lena.phone);
  await connected(page, lena.name);
});

test("a code to scan needs no second stream", async ({ signedIn: page }) => {
  const streams = streamsOf(page);
  await page.goto("/integrations");
  await expect.poll(() => streams.standing).toBe(1);
  const { dialog, url } = await openDialog(page);
  await expect(dialog.getByRole("img", { name: /Code to scan/ })).toBeVisible();
  await page.waitForTimeout(1_000);
  expect(streams.standing).toBe(1);
  await scan(url, lena.phone);
  await connected(page, lena.name);
  await page.waitForTimeout(1_000);
  expect(streams.standing).toBe(1);
});
