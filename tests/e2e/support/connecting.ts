import type { Provider } from "./providers.ts";
import { sandbox, usesOfOneCode } from "./sandbox.ts";
import { card, connect, decide, expect, leave, test } from "./test.ts";

/** What a user does with a provider, in a real browser. */
export function connecting(provider: Provider): void {
  test.describe(provider.name, () => {
    test("connects, says so, and leaves nothing in the address bar", async ({ signedIn: page }) => {
      await connect(page, provider);
      await expect(card(page, provider.name).getByText(provider.label).first()).toBeVisible();
      await expect(page.getByRole("status").filter({ hasText: provider.name }).first()).toContainText("connected");
      expect(new URL(page.url()).search).toBe("");
      expect(await usesOfOneCode(provider.id)).toBe(1);
    });

    test("shows two accounts beside one another", async ({ signedIn: page }) => {
      await connect(page, provider);
      await connect(page, provider, "other");
      const region = card(page, provider.name);
      await expect(region.getByRole("button", { name: `Disconnect ${provider.label}` })).toBeVisible();
      await expect(region.getByRole("button", { name: `Disconnect ${provider.otherLabel}` })).toBeVisible();
    });

    test("disconnects after a question, and shows what became of the access", async ({ signedIn: page }) => {
      await connect(page, provider);
      const region = card(page, provider.name);
      await region.getByRole("button", { name: `Disconnect ${provider.label}` }).click();
      const question = page.getByRole("alertdialog");
      await question.getByRole("button", { name: "Keep connected" }).click();
      await expect(question).toBeHidden();
      await region.getByRole("button", { name: `Disconnect ${provider.label}` }).click();
      await page.getByRole("alertdialog").getByRole("button", { name: "Disconnect", exact: true }).click();
      await expect(region.getByRole("button", { name: `Disconnect ${provider.label}` })).toBeHidden();
      await expect(page.getByText(provider.receipt).first()).toBeVisible();
      await page.reload();
      await expect(region.getByRole("button", { name: `Connect ${provider.name}`, exact: true })).toBeVisible();
    });

    test("a denial is told in a sentence, and can be followed by a yes", async ({ signedIn: page }) => {
      await leave(page, provider);
      await decide(page, provider.person, "Deny");
      if (provider.deniesByReturn) {
        await page.waitForURL(/\/integrations$/);
        await expect(
          card(page, provider.name)
            .getByText(/chose not to give access/)
            .first(),
        ).toBeVisible();
      } else {
        await page.goto("/integrations");
      }
      await connect(page, provider);
      await expect(card(page, provider.name).getByText(provider.label).first()).toBeVisible();
    });

    test("a reload on return, while it is being connected, connects all the same and sends nothing twice", async ({
      signedIn: page,
    }) => {
      await leave(page, provider);
      await sandbox.failRequests({ ...provider.token, delayMs: 700 });
      await decide(page, provider.person, "Allow");
      await page.waitForURL(/\/integrations$/);
      await page.reload();
      await expect(card(page, provider.name).getByText(provider.label).first()).toBeVisible();
      await page.goBack().catch(() => null);
      await page.goto("/integrations");
      await expect(page.getByRole("button", { name: `Disconnect ${provider.label}` })).toHaveCount(1);
      expect(await usesOfOneCode(provider.id)).toBe(1);
    });

    test("a double click on Connect and on Allow connects once", async ({ signedIn: page }) => {
      await leave(page, provider);
      await page.getByRole("radio", { name: provider.person }).check();
      await page.getByRole("button", { name: "Allow" }).dblclick();
      // The second click ends the way back that the first began, which `waitForURL` takes for a failure.
      await expect(page).toHaveURL(/\/integrations$/, { timeout: 15_000 });
      await expect(card(page, provider.name).getByText(provider.label).first()).toBeVisible();
      await expect(page.getByRole("button", { name: `Disconnect ${provider.label}` })).toHaveCount(1);
      expect(await usesOfOneCode(provider.id)).toBe(1);
    });

    test("a provider that is down is told in a sentence, and the next try succeeds", async ({ signedIn: page }) => {
      await leave(page, provider);
      await sandbox.failRequests({ ...provider.token, status: 503, body: "<html>down</html>" });
      await decide(page, provider.person, "Allow");
      await page.waitForURL(/\/integrations$/);
      await expect(page.getByText(/not answer|try again/i).first()).toBeVisible();
      await connect(page, provider);
      await expect(card(page, provider.name).getByText(provider.label).first()).toBeVisible();
    });
  });
}
