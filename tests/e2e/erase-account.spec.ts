import { AxeBuilder } from "@axe-core/playwright";
import { paypal, zoom } from "./support/providers.ts";
import { card, connect, expect, signUp, test } from "./support/test.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test(`users delete their account with their password, see what is left to do, and are signed out: ${colorScheme}`, async ({
    page,
  }) => {
    test.setTimeout(60_000);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width: 320, height: 800 });
    const account = await signUp(page);
    for (const provider of [paypal, zoom]) {
      await connect(page, provider);
      await expect(card(page, provider.name).getByText(provider.label).first()).toBeVisible();
    }
    await page.getByRole("button", { name: "Delete my account" }).focus();
    await page.keyboard.press("Enter");
    const question = page.getByRole("alertdialog");
    await expect(question).toContainText("Each account that you connected is disconnected at its provider.");
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("button", { name: "Delete my account" })).toBeFocused();
    await page.keyboard.press("Enter");
    await question.getByRole("textbox", { name: "Password" }).fill("wrong password");
    await page.keyboard.press("Enter");
    await expect(question.getByText("That password is not right.")).toBeVisible();
    await expect(question.getByRole("textbox", { name: "Password" })).toBeFocused();
    await question.getByRole("textbox", { name: "Password" }).fill(account.password);
    await question.getByRole("button", { name: "Delete my account" }).click();
    await expect(page.getByRole("heading", { name: "Your account is deleted" })).toBeFocused();
    // Zoom is listed as well if a test beside this one uses the same account.
    const left = page.getByRole("listitem").filter({ hasText: "PayPal" });
    await expect(left).toHaveText([/PayPal disconnected: .* One step left/]);
    await expect(page.getByRole("link", { name: /Open PayPal/ })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    await page.getByRole("button", { name: "Go to the sign-in page" }).click();
    await expect(page).toHaveURL(/\/sign-in$/);
    await page.getByLabel("E-mail").fill(account.email);
    await page.getByLabel("Password").fill(account.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toContainText("E-mail or password is not right.");
  });
}
