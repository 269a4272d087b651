import type { Page } from "@playwright/test";
import { calendly } from "./support/providers.ts";
import { card, connect, expect, test } from "./support/test.ts";

/** From now on no file of the page is there any more, as in a tab that was open while a new version was installed. */
async function loseFiles(page: Page): Promise<void> {
  await page.waitForTimeout(1_000);
  await page.route("**/assets/**", (route) => route.fulfill({ status: 404, body: "" }));
}

async function expectPageStands(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { name: "Integrations", exact: true })).toBeVisible();
  await expect(card(page, "Calendly").getByText(calendly.label).first()).toBeVisible();
}

test("an account’s details need no file that may be gone", async ({ signedIn: page }) => {
  await connect(page, calendly);
  await card(page, "Calendly").getByText(calendly.label).first().waitFor();
  await loseFiles(page);
  await page.getByRole("button", { name: `Details of ${calendly.label}` }).click();
  await expect(card(page, "Calendly").getByText("Last used")).toBeVisible();
  await expectPageStands(page);
});

test("a receipt needs no file that may be gone", async ({ signedIn: page }) => {
  await connect(page, calendly);
  await page.getByRole("button", { name: `Disconnect ${calendly.label}` }).click();
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await loseFiles(page);
  await page.getByRole("alertdialog").getByRole("button", { name: "Disconnect", exact: true }).click();
  await expect(card(page, "Calendly").getByText("Our access was withdrawn at Calendly.")).toBeVisible();
});

test("a dialog whose file is gone leaves the page as it is, and offers to load the page again", async ({
  signedIn: page,
}) => {
  await connect(page, calendly);
  await card(page, "Calendly").getByText(calendly.label).first().waitFor();
  await loseFiles(page);
  const messages = page.getByRole("region", { name: "Messages" });
  for (const name of [`Disconnect ${calendly.label}`, "Connect Telegram"]) {
    await page.getByRole("button", { name }).click();
    await expect(messages.getByText(/could not be loaded/).last()).toBeVisible();
    await expectPageStands(page);
    await messages.getByRole("button", { name: "Dismiss message" }).last().click();
  }
  await page.getByRole("button", { name: "Connect Telegram" }).click();
  await page.unrouteAll();
  await messages.getByRole("button", { name: "Load again" }).click();
  await page.getByRole("button", { name: "Connect Telegram" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
});

test("another page whose file is gone is offered again", async ({ signedIn: page }) => {
  await page.waitForTimeout(1_000);
  await page.route("**/assets/sign-in-*", (route) => route.fulfill({ status: 404, body: "" }));
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("This page could not be loaded.")).toBeVisible();
  await page.unrouteAll();
  await page.getByRole("button", { name: "Load again" }).click();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
});
