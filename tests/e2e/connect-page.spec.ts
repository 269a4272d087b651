import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { appUrl, exampleUrl, telegramKey } from "./support/addresses.ts";
import { cancelLink, createLink, expireVisit, playProduct, returnUrl } from "./support/connect-link.ts";
import { calendly, shopify, zoom } from "./support/providers.ts";
import { codeOn, lena } from "./support/telegram.ts";
import { card, connect, decide, expect, leave, signUp, test } from "./support/test.ts";

const waiting = { returnUrl: null };

/** The question that a link without a way back asks before the provider. */
const question = (page: Page) => page.getByRole("alertdialog");

async function expectAccessible(page: Page): Promise<void> {
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [320, 1280]) {
    test(`the page of a link has no accessibility fault that axe finds: ${colorScheme}, ${width} px`, async ({
      page,
    }) => {
      test.setTimeout(60_000);
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 800 });
      await page.goto("/connect");
      await expect(page.getByRole("main").getByText("You need a link from Acme")).toBeVisible();
      await expectAccessible(page);
      const link = await createLink(waiting);
      await page.goto(link.url);
      await card(page, "Zoom").getByRole("button", { name: "Connect Zoom" }).click();
      await expect(question(page)).toBeVisible();
      await expectAccessible(page);
      await question(page).getByRole("button", { name: "Continue to Zoom" }).click();
      await page.waitForURL(/127\.0\.0\.1/);
      await decide(page, zoom.person, "Allow");
      await expect(card(page, "Zoom").getByText("Waiting for Acme to accept.")).toBeVisible();
      await expectAccessible(page);
      await page.goto((await createLink()).url);
      await expect(page.getByRole("link", { name: "Back to Acme" })).toBeVisible();
      await expect(card(page, "Zoom")).toBeVisible();
      await expectAccessible(page);
    });
  }
}

test("a link leads to the provider and back to the product, and its token is nowhere", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url(), JSON.stringify(request.headers())));
  const link = await createLink();
  const token = link.url.split("#")[1] ?? "";
  await page.goto(link.url);
  await expect(card(page, "Zoom")).toBeVisible();
  expect(page.url()).toBe(`${appUrl}/connect`);
  expect(
    await page.evaluate(() => JSON.stringify([history.state, { ...sessionStorage, ...localStorage }])),
  ).not.toContain("pbcs_");
  expect(await page.evaluate(() => document.cookie)).toBe("");
  await leave(page, zoom);
  await decide(page, zoom.person, "Allow");
  // The example asks this browser, which it does not know, to sign in there.
  await page.waitForURL(`${exampleUrl}/**`);
  const returned = asked.find((text) => text.startsWith(returnUrl)) ?? "";
  expect(Object.fromEntries(new URL(returned).searchParams)).toEqual({
    connect_session: link.id,
    connect_code: expect.stringMatching(/^[\w-]{43}$/),
    provider: "zoom",
  });
  expect(asked.filter((text) => text.includes(token))).toEqual([]);
});

test("the way back says which session it was, and carries no code", async ({ page }) => {
  const returns = await playProduct(page);
  const link = await createLink();
  await page.goto(link.url);
  await page.getByRole("link", { name: "Back to Acme" }).click();
  await expect(page.getByRole("heading", { name: "Back at Acme" })).toBeVisible();
  expect(returns.map(({ href }) => href)).toEqual([`${returnUrl}?connect_session=${link.id}`]);
  await page.goBack();
  await expect(card(page, "Zoom")).toBeVisible();
  await page.reload();
  await expect(card(page, "Zoom")).toBeVisible();
});

test("a link shows its user and the providers that it is for, and no sign-in", async ({ page }) => {
  await page.goto((await createLink({ providers: ["zoom", "stripe"], tenant: { id: "t", name: "Engines" } })).url);
  await expect(page.getByText("For Ada Lovelace (ada@acme.example) at Engines")).toBeVisible();
  await expect(page).toHaveTitle("Connect your accounts · Acme");
  await expect(page.getByRole("heading", { level: 2 })).toHaveText(["Stripe", "Zoom"]);
  await expect(page.getByText(/sign (in|out)/i)).toHaveCount(0);
});

test("works by keyboard alone, from the link to the account that waits", async ({ page }) => {
  await page.goto((await createLink(waiting)).url);
  await card(page, "Zoom").getByRole("button", { name: "Connect Zoom" }).focus();
  await page.keyboard.press("Enter");
  await expect(question(page).getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(card(page, "Zoom").getByRole("button", { name: "Connect Zoom" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(question(page)).toContainText(
    "You are giving Acme access to your Zoom account, for Ada Lovelace (ada@acme.example). If a stranger sent you this link, close this page.",
  );
  await page.keyboard.press("Tab");
  await expect(question(page).getByRole("button", { name: "Continue to Zoom" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.waitForURL(/127\.0\.0\.1/);
  await page.getByRole("radio", { name: zoom.person }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Allow" }).focus();
  await page.keyboard.press("Enter");
  await expect(card(page, "Zoom").getByText("Waiting for Acme to accept.")).toBeVisible();
  await expect(page.getByRole("status")).toContainText("Zoom waits to be accepted");
  expect(page.url()).toBe(`${appUrl}/connect`);
});

test("a no at the provider is told on the page where there is no way back, and can be followed by a yes", async ({
  page,
}) => {
  await page.goto((await createLink(waiting)).url);
  await card(page, "Zoom").getByRole("button", { name: "Connect Zoom" }).click();
  await question(page).getByRole("button", { name: "Continue to Zoom" }).click();
  await page.waitForURL(/127\.0\.0\.1/);
  await decide(page, zoom.person, "Deny");
  await expect(card(page, "Zoom").getByText(/chose not to give access/)).toBeVisible();
  expect(page.url()).toBe(`${appUrl}/connect`);
  await card(page, "Zoom").getByRole("button", { name: "Connect Zoom" }).click();
  await question(page).getByRole("button", { name: "Continue to Zoom" }).click();
  await page.waitForURL(/127\.0\.0\.1/);
  await decide(page, zoom.person, "Allow");
  await expect(card(page, "Zoom").getByText("Waiting for Acme to accept.")).toBeVisible();
});

test.describe("straight on", () => {
  const open = async (page: Page, provider: string, key?: string): Promise<void> => {
    const { url } = await createLink({}, key);
    await page.goto(url.replace("#", `?provider=${provider}#`));
  };

  test("a link that names a provider goes to it, and Back and Reload stay on the page", async ({ page }) => {
    await open(page, "zoom");
    await page.waitForURL(/127\.0\.0\.1/);
    await page.goBack();
    await expect(card(page, "Zoom").getByRole("button", { name: "Connect Zoom" })).toBeEnabled();
    expect(page.url()).toBe(`${appUrl}/connect`);
    await page.reload();
    await expect(card(page, "Zoom").getByRole("button", { name: "Connect Zoom" })).toBeEnabled();
  });

  test("a link that names Shopify asks for the shop first", async ({ page }) => {
    await open(page, "shopify");
    await expect(card(page, "Shopify").getByRole("textbox")).toBeFocused();
    await card(page, "Shopify")
      .getByRole("textbox")
      .fill(shopify.shop ?? "");
    await page.keyboard.press("Enter");
    await page.waitForURL(/127\.0\.0\.1/);
  });

  test("a link that names Telegram opens its dialog, and the finished login goes back to the product", async ({
    page,
  }) => {
    const returns = await playProduct(page);
    await open(page, "telegram", telegramKey);
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("tab", { name: "Phone number" }).click();
    await dialog.getByRole("textbox", { name: "Phone number" }).fill(lena.phone);
    await dialog.getByRole("button", { name: "Continue" }).click();
    await expect(dialog.getByRole("textbox", { name: /^Code/ })).toBeVisible();
    await dialog.getByRole("textbox").fill(await codeOn(lena.phone));
    await expect(page.getByRole("heading", { name: "Back at Acme" })).toBeVisible();
    expect(returns[0]?.searchParams.get("provider")).toBe("telegram");
    expect(returns[0]?.searchParams.get("connect_code")).toMatch(/^[\w-]{43}$/);
  });
});

test.describe("a link that opens nothing", () => {
  test("a link that was opened in another browser says so", async ({ page, browser }) => {
    const { url } = await createLink();
    await page.goto(url);
    await expect(card(page, "Zoom")).toBeVisible();
    const other = await browser.newContext();
    const elsewhere = await other.newPage();
    await elsewhere.goto(url);
    await expect(
      elsewhere
        .getByRole("main")
        .getByText("This link was opened in another browser. Go back and press Connect again."),
    ).toBeVisible();
    expect(elsewhere.url()).toBe(`${appUrl}/connect`);
    await other.close();
    await page.goto(url);
    await expect(card(page, "Zoom")).toBeVisible();
  });

  test("a link that was cancelled says what to do next", async ({ page }) => {
    const link = await createLink();
    await cancelLink(link);
    await page.goto(link.url);
    await expect(page.getByRole("heading", { name: "This link does not work any more" })).toBeVisible();
    await expect(page.getByRole("main").getByText("Go back to Acme and press Connect again.")).toBeVisible();
  });

  test("a visit that is over says so at the next press, and leads back", async ({ page }) => {
    const link = await createLink();
    await page.goto(link.url);
    await expect(card(page, "Zoom")).toBeVisible();
    await expireVisit(link);
    await card(page, "Zoom").getByRole("button", { name: "Connect Zoom" }).click();
    await expect(page.getByRole("heading", { name: "This page has expired" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Back to Acme" })).toHaveAttribute(
      "href",
      `${returnUrl}?connect_session=${link.id}`,
    );
    await page.reload();
    await expect(page.getByRole("main").getByText("You need a link from Acme")).toBeVisible();
  });
});

test("a link and a signed-in user share a browser, and know nothing of one another", async ({ page, context }) => {
  const { email } = await signUp(page);
  await connect(page, calendly);
  await expect(card(page, "Calendly").getByText(calendly.label).first()).toBeVisible();
  const visit = await context.newPage();
  await visit.goto((await createLink(waiting)).url);
  await expect(card(visit, "Calendly").getByRole("button", { name: "Connect Calendly" })).toBeVisible();
  await expect(visit.getByText(email)).toHaveCount(0);
  await card(visit, "Zoom").getByRole("button", { name: "Connect Zoom" }).click();
  await question(visit).getByRole("button", { name: "Continue to Zoom" }).click();
  await visit.waitForURL(/127\.0\.0\.1/);
  await decide(visit, zoom.other, "Allow");
  await expect(card(visit, "Zoom").getByText("Waiting for Acme to accept.")).toBeVisible();
  await page.reload();
  await expect(card(page, "Calendly").getByText(calendly.label).first()).toBeVisible();
  await expect(card(page, "Zoom").getByRole("button", { name: "Connect Zoom" })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await visit.waitForTimeout(1_000);
  await expect(card(visit, "Zoom").getByText("Waiting for Acme to accept.")).toBeVisible();
  await visit.reload();
  await expect(card(visit, "Zoom").getByText("Waiting for Acme to accept.")).toBeVisible();
});

test("a second link in one browser takes the place of the first, whose page shows nothing any more", async ({
  page,
  context,
}) => {
  await page.goto((await createLink()).url);
  await expect(page.getByText("Ada Lovelace")).toBeVisible();
  const second = await context.newPage();
  const user = { id: `grace-${Date.now()}`, name: "Grace Hopper", email: null };
  await second.goto((await createLink({ user })).url);
  await expect(second.getByText("Grace Hopper")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Another link was opened in this browser" })).toBeVisible();
  await expect(page.getByText("Ada Lovelace")).toHaveCount(0);
  await page.getByRole("button", { name: "Use this tab instead" }).click();
  await expect(page.getByText("Grace Hopper")).toBeVisible();
});
