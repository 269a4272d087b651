import type { Page } from "@playwright/test";
import { calendly } from "./support/providers.ts";
import { card, expect, leave, test } from "./support/test.ts";

/** Presses Connect where the provider answers in a way that leaves the browser on this page. */
async function leaveInVain(page: Page): Promise<void> {
  await page.route(/127\.0\.0\.1.*authorize/, (route) => route.fulfill({ status: 204 }));
  await card(page, "Calendly").getByRole("button", { name: "Connect Calendly" }).click();
  await expect(page.getByRole("button", { name: "Taking you to Calendly…" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Connect Zoom" })).toBeDisabled();
}

test("a provider that does not take the browser leaves the page usable: at once by Cancel", async ({
  signedIn: page,
}) => {
  await leaveInVain(page);
  await page.getByRole("button", { name: "Cancel going to Calendly" }).click();
  await expect(page.getByRole("button", { name: "Connect Calendly" })).toBeFocused();
  await expect(page.getByRole("button", { name: "Connect Zoom" })).toBeEnabled();
  await page.unrouteAll();
  await leave(page, calendly);
});

test("a provider that does not take the browser leaves the page usable: by itself after 15 s", async ({
  signedIn: page,
}) => {
  test.setTimeout(60_000);
  await leaveInVain(page);
  await expect(card(page, "Calendly").getByText("Calendly did not open.")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("button", { name: "Connect Zoom" })).toBeEnabled();
});
