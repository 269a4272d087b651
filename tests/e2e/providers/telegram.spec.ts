import { appUrl } from "../support/addresses.ts";
import { endAttempts } from "../support/database.ts";
import { sandbox } from "../support/sandbox.ts";
import { askForCode, codeOn, connected, lena, marco, noah, openDialog, scan, yuki } from "../support/telegram.ts";
import { card, expect, test } from "../support/test.ts";

test.describe("Telegram", () => {
  // What one of them has ordered is not for the next. Other providers' tests run at the same time, and keep theirs.
  test.afterEach(async () => {
    await sandbox.cancelFailures({ host: "telegram" });
    await sandbox.changeProvider({ provider: "telegram", passwordAttempts: null });
  });

  test("connects by phone and code, and disconnects", async ({ signedIn: page }) => {
    const { dialog, code } = await askForCode(page, lena.phone);
    // The last digit sends it.
    await dialog.getByRole("textbox").fill(code);
    await connected(page, lena.name);
    const region = card(page, "Telegram");
    await region.getByRole("button", { name: `Disconnect ${lena.name}` }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Disconnect", exact: true }).click();
    await expect(region.getByRole("button", { name: `Disconnect ${lena.name}` })).toBeHidden();
  });

  test("connects by phone, code and password", async ({ signedIn: page }) => {
    const { dialog, code } = await askForCode(page, marco.phone);
    await dialog.getByRole("textbox").fill(code);
    const password = dialog.locator("input[type=password]");
    await password.fill("wrong");
    await dialog.getByRole("button", { name: "Continue" }).click();
    await expect(dialog.getByText(/4 attempts left/)).toBeVisible();
    await password.fill(marco.password);
    await dialog.getByRole("button", { name: "Continue" }).click();
    await connected(page, marco.name);
  });

  for (const person of [lena, yuki]) {
    test(`connects ${person.name} by QR code, and asks nobody else for it`, async ({ signedIn: page }) => {
      const asked = new Set<string>();
      page.on("request", (request) => asked.add(new URL(request.url()).origin));
      const { dialog, url } = await openDialog(page);
      await expect(dialog.getByRole("img", { name: /Code to scan/ })).toBeVisible();
      await scan(url, person.phone);
      await connected(page, person.name);
      expect([...asked]).toEqual([appUrl]);
    });
  }

  test("connects by QR code and password", async ({ signedIn: page }) => {
    const { dialog, url } = await openDialog(page);
    await scan(url, marco.phone);
    await dialog.locator("input[type=password]").fill(marco.password);
    await dialog.getByRole("button", { name: "Continue" }).click();
    await connected(page, marco.name);
  });

  test("tells a wrong code, and how many attempts are left", async ({ signedIn: page }) => {
    const { dialog, code } = await askForCode(page, lena.phone);
    await dialog.getByRole("textbox").fill(code === "00000" ? "11111" : "00000");
    await expect(dialog.getByText(/4 attempts left/)).toBeVisible();
    await dialog.getByRole("textbox").fill(code);
    await connected(page, lena.name);
  });

  test("tells an expired code, and sends a new one", async ({ signedIn: page }) => {
    const { dialog, code } = await askForCode(page, lena.phone);
    await sandbox.failRequests({
      host: "telegram",
      path: "auth.signIn",
      status: 400,
      body: { error: "PHONE_CODE_EXPIRED", code: 400 },
    });
    await dialog.getByRole("textbox").fill(code);
    await expect(dialog.getByText(/ran out/).first()).toBeVisible();
    await dialog.getByRole("button", { name: "Send a new code" }).click();
    await expect(dialog.getByText("A new code is on its way.")).toBeVisible();
    await dialog.getByRole("textbox").fill(await codeOn(lena.phone));
    await connected(page, lena.name);
  });

  test("tells a password that was wrong five times, and makes the next wait, in another attempt too", async ({
    signedIn: page,
  }) => {
    // Telegram itself would refuse after as many: it is Patchbay's own count that is asked for here.
    await sandbox.changeProvider({ provider: "telegram", passwordAttempts: 100 });
    const { dialog, code } = await askForCode(page, marco.phone);
    await dialog.getByRole("textbox").fill(code);
    const password = dialog.locator("input[type=password]");
    const proceed = dialog.getByRole("button", { name: "Continue" });
    const wait = dialog.getByText(/Try again in (5\d|60) minutes/);
    for (const left of ["4 attempts", "3 attempts", "2 attempts", "1 attempt"]) {
      await password.fill("wrong");
      await proceed.click();
      await expect(dialog.getByText(`${left} left`)).toBeVisible();
    }
    await password.fill("wrong");
    await proceed.click();
    await expect(dialog.getByText(/Too many wrong passwords\./)).toBeVisible();
    await expect(wait).toBeVisible();
    await expect(proceed).toBeDisabled();

    await dialog.getByRole("button", { name: "Start again" }).click();
    await proceed.click();
    await expect(dialog.getByRole("textbox", { name: /^Code/ })).toBeVisible();
    await dialog.getByRole("textbox", { name: /^Code/ }).fill(await codeOn(marco.phone));
    await password.fill(marco.password);
    await proceed.click();
    await expect(dialog.getByText(/Too many wrong passwords\./)).toBeVisible();
    await expect(wait).toBeVisible();
    await expect(proceed).toBeDisabled();
  });

  test("counts a flood wait down", async ({ signedIn: page }) => {
    const { dialog } = await openDialog(page);
    await sandbox.failRequests({
      host: "telegram",
      path: "auth.sendCode",
      status: 420,
      body: { error: "FLOOD_WAIT_37", code: 420 },
    });
    await dialog.getByRole("tab", { name: "Phone number" }).click();
    await dialog.getByRole("textbox", { name: "Phone number" }).fill(lena.phone);
    await dialog.getByRole("button", { name: "Continue" }).click();
    await expect(dialog.getByText(/3\d s|0:3\d|3\d seconds/).first()).toBeVisible();
    await expect(dialog.getByRole("button", { name: "Continue" })).toBeDisabled();
  });

  test("tells that a number has no account", async ({ signedIn: page }) => {
    const { dialog } = await askForCode(page, noah.phone);
    await dialog.getByRole("textbox").fill(await codeOn(noah.phone));
    await expect(dialog.getByText(/no Telegram account with this number/).first()).toBeVisible();
  });

  test("tells that Telegram does not answer", async ({ signedIn: page }) => {
    const { dialog } = await openDialog(page);
    await sandbox.failRequests({ host: "telegram", path: "auth.sendCode", delayMs: 25_000, times: 2 });
    await dialog.getByRole("tab", { name: "Phone number" }).click();
    await dialog.getByRole("textbox", { name: "Phone number" }).fill(lena.phone);
    await dialog.getByRole("button", { name: "Continue" }).click();
    await expect(dialog.getByText(/not answer|try again/i).first()).toBeVisible({ timeout: 20_000 });
  });

  test("tells that nobody scanned the code", async ({ signedIn: page }) => {
    const { dialog } = await openDialog(page);
    await expect(dialog.getByRole("img", { name: /Code to scan/ })).toBeVisible();
    await endAttempts();
    await expect(dialog.getByText(/Nobody scanned the code in time/).first()).toBeVisible();
    await dialog.getByRole("button", { name: "Start again" }).click();
    await expect(dialog.getByRole("img", { name: /Code to scan/ })).toBeVisible();
  });
});
