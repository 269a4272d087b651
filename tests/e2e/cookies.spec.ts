import { ports } from "./support/addresses.ts";
import { calendly } from "./support/providers.ts";
import { card, connect, decide, expect, leave, test } from "./support/test.ts";

test("the session cookie comes along when a provider sends the user back, and so another user's session is noticed", async ({
  signedIn: page,
}) => {
  const returns: string[] = [];
  page.on("request", (request) => {
    if (!request.url().includes("/calendly/callback")) return;
    void request.allHeaders().then((headers) => returns.push(headers["cookie"] ?? ""));
  });
  await connect(page, calendly);
  await expect(card(page, "Calendly").getByText(calendly.label).first()).toBeVisible();
  // SameSite=Strict would keep it back here.
  expect(returns).toHaveLength(1);
  expect(returns[0]).toContain(`patchbay-${ports.app}.session_token=`);
  expect(returns[0]).toContain(`patchbay-${ports.app}-browser=`);
});

test("no script can read a cookie, and nothing is kept in the browser's storage", async ({ signedIn: page }) => {
  await connect(page, calendly);
  expect(await page.evaluate(() => document.cookie)).toBe("");
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(stored).not.toMatch(/token|code|state|secret/i);
  for (const cookie of await page.context().cookies())
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax" });
});

test("signed out while at the provider: refused, nothing is connected, and both are said", async ({
  signedIn: page,
}) => {
  await leave(page, calendly);
  await page.context().clearCookies({ name: `patchbay-${ports.app}.session_token` });
  await decide(page, calendly.person, "Allow");
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByText("You were signed out before Calendly was connected.")).toBeVisible();
});
