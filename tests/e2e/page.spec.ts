import { setTimeout } from "node:timers/promises";
import { AxeBuilder } from "@axe-core/playwright";
import { appUrl } from "./support/addresses.ts";
import { calendly } from "./support/providers.ts";
import { card, connect, expect, signUp, test } from "./support/test.ts";

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [320, 1280]) {
    test(`has no accessibility fault that axe finds: ${colorScheme}, ${width} px`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 800 });
      await page.goto("/sign-in");
      await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      await signUp(page);
      await connect(page, calendly);
      await expect(card(page, "Calendly").getByText(calendly.label).first()).toBeVisible();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      await card(page, "Calendly")
        .getByRole("button", { name: `Disconnect ${calendly.label}` })
        .click();
      await expect(page.getByRole("alertdialog")).toBeVisible();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    });
  }
}

test("works by keyboard alone, from signing up to disconnecting", async ({ page }) => {
  const email = `keys-${Date.now()}@example.com`;
  await page.goto("/sign-in");
  await page
    .getByRole("button", { name: /create (an )?account/i })
    .first()
    .focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Name").focus();
  await page.keyboard.type("Kay Board");
  await page.getByLabel("E-mail").focus();
  await page.keyboard.type(email);
  await page.getByLabel("Password").focus();
  await page.keyboard.type("correct horse");
  await page.keyboard.press("Enter");
  await expect(card(page, "Calendly")).toBeVisible();
  await card(page, "Calendly").getByRole("button", { name: "Connect Calendly" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/127\.0\.0\.1/);
  await page.getByRole("radio", { name: calendly.person }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Allow" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/integrations$/);
  const disconnect = card(page, "Calendly").getByRole("button", { name: `Disconnect ${calendly.label}` });
  await disconnect.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("alertdialog")).toBeHidden();
  await expect(disconnect).toBeFocused();
});

test("asks nobody but its own origin for anything", async ({ page }) => {
  const asked = new Set<string>();
  page.on("request", (request) => asked.add(new URL(request.url()).origin));
  await signUp(page);
  await page.waitForLoadState("networkidle");
  expect([...asked]).toEqual([appUrl]);
});

test("opened under another name, it moves to the public one", async ({ page }) => {
  await page.goto(appUrl.replace("localhost", "127.0.0.1") + "/integrations");
  await expect(page).toHaveURL(/^http:\/\/localhost:/);
});

test("signed out, it asks to sign in; a wrong password is told, and what was typed stays", async ({ page }) => {
  const { email, password } = await signUp(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto("/integrations");
  await expect(page).toHaveURL(/\/sign-in/);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill("wrong password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(card(page, "Calendly")).toBeVisible();
});

test("what is typed into the address bar is a hint, never the truth", async ({ signedIn: page }) => {
  for (const query of [
    "paypal=success",
    "provider=shopify&code=x&shop=acme-goods.myshopify.com&state=y&verified=true",
  ]) {
    await page.goto(`/integrations?${query}`);
    await expect(page).toHaveURL(/\/integrations$/);
    await expect(page.getByRole("button", { name: /^Disconnect/ })).toHaveCount(0);
  }
  await page.goto("/integrations?error=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&provider=__proto__");
  await expect(card(page, "Calendly")).toBeVisible();
  await expect(page.locator("img[src='x']")).toHaveCount(0);
});

test("what is not a shop is told at the field, and stays there", async ({ signedIn: page }) => {
  const region = card(page, "Shopify");
  await region.getByRole("button", { name: "Connect Shopify" }).click();
  await region.getByRole("textbox").fill("evil.com/.myshopify.com");
  await region.getByRole("textbox").press("Enter");
  await expect(region.getByText(/myshopify\.com/).first()).toBeVisible();
  await expect(region.getByRole("textbox")).toHaveValue("evil.com/.myshopify.com");
  await expect(page).toHaveURL(/\/integrations/);
});

for (const pasted of [
  "https://admin.shopify.com/store/acme-goods",
  "https://acme-goods.myshopify.com/admin/products",
  "acme-goods.myshopify.com",
]) {
  test(`a shop is found by ${pasted}`, async ({ signedIn: page }) => {
    const region = card(page, "Shopify");
    await region.getByRole("textbox").fill(pasted);
    await region.getByRole("textbox").press("Enter");
    await page.waitForURL(/127\.0\.0\.1.*acme-goods\.myshopify\.com/);
  });
}

const mostShift = 0.05;

for (const width of [1280, 390]) {
  test(`hardly moves while it loads, from the skeleton to the cards: ${width} px`, async ({ signedIn: page }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.addInitScript(watchShifts);
    for (const accounts of ["none", "one"]) {
      if (accounts === "one") await connect(page, calendly);
      if (accounts === "one") await card(page, "Calendly").getByText(calendly.label).first().waitFor();
      // The answer takes long enough for the skeleton to be painted.
      await page.route("**/api/trpc/session.get,**", async (route) => {
        await setTimeout(600);
        await route.continue();
      });
      await page.goto("/integrations", { waitUntil: "commit" });
      await expect(page.locator(".card.ghost").first()).toBeVisible();
      await expect(card(page, "Telegram")).toBeVisible();
      await page.waitForLoadState("load");
      // The live list comes when the browser is idle, and asks for the accounts once more.
      await page.waitForTimeout(2_000);
      const shift = await page.evaluate(() => Number(document.documentElement.dataset["shift"] ?? 0));
      await page.unrouteAll();
      expect(shift, `with ${accounts} connected`).toBeLessThanOrEqual(mostShift);
    }
  });
}

/** Runs before anything of the page does, and hears of what has moved since. */
function watchShifts(): void {
  let sum = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      sum += (entry as PerformanceEntry & { value?: number }).value ?? 0;
      document.documentElement.dataset["shift"] = String(sum);
    }
  });
  observer.observe({ type: "layout-shift", buffered: true });
}
