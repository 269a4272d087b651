import type { Page } from "@playwright/test";
import { addCopies, idOf, setHealth } from "./support/health.ts";
import { calendly } from "./support/providers.ts";
import { card, connect, expect, test } from "./support/test.ts";

const broken = { status: "needs_reconnect", reason: "grant_ended" } as const;

/** The page with as many accounts, whose stream of news stands. Gives the accounts' ids. */
async function withAccounts(page: Page, count: number): Promise<number[]> {
  await connect(page, calendly);
  await card(page, "Calendly").getByText(calendly.label).first().waitFor();
  const first = await idOf(page, calendly.label);
  const others = await addCopies(first, count - 1);
  const standing = page.waitForResponse((response) => response.url().includes("connections.watch"));
  await page.goto("/integrations");
  await standing;
  await expect(page.getByRole("button", { name: /^Disconnect / })).toHaveCount(count);
  await page.waitForTimeout(500);
  return [first, ...others];
}

interface Stop {
  name: string;
  /** How much of it messages cover, from 0 to 1. */
  covered: number;
}

/** Where the focus is, and how much of that lies under a message or outside of the window. */
function stopHere(): Stop {
  const focused = document.activeElement ?? document.body;
  const name = focused.getAttribute("aria-label") ?? focused.textContent ?? "";
  const box = focused.getBoundingClientRect();
  const area = box.width * box.height;
  const messages = document.querySelector(".toasts")?.contains(focused) ? [] : document.querySelectorAll(".toast");
  const hidden = [...messages].reduce((sum, message) => {
    const over = message.getBoundingClientRect();
    const width = Math.min(box.right, over.right) - Math.max(box.left, over.left);
    const height = Math.min(box.bottom, over.bottom) - Math.max(box.top, over.top);
    return sum + Math.max(0, width) * Math.max(0, height);
  }, 0);
  const outside = box.bottom <= 0 || box.top >= innerHeight;
  return { name: name.trim(), covered: outside ? 1 : area > 0 ? hidden / area : 0 };
}

/** Every stop of the keyboard, once around: by Tab, and back by Shift+Tab. */
async function stopsBy(page: Page, key: "Tab" | "Shift+Tab"): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press(key);
    const stop = await page.evaluate(stopHere);
    if (stops.length > 0 && (await page.evaluate(() => document.activeElement === document.body))) break;
    stops.push(stop);
  }
  return stops;
}

for (const width of [390, 1280]) {
  test(`with twelve accounts and two warnings, no stop of the keyboard is covered: ${width} px`, async ({
    signedIn: page,
  }) => {
    test.setTimeout(120_000);
    await page.setViewportSize({ width, height: 780 });
    const [first = 0, second = 0] = await withAccounts(page, 12);
    await setHealth(first, broken);
    await setHealth(second, broken);
    const messages = page.getByRole("region", { name: "Messages" });
    await expect(messages.getByRole("listitem")).toHaveCount(2);
    // A message that is pointed at stays.
    await messages.getByRole("listitem").first().hover({ force: true });
    for (const key of ["Tab", "Shift+Tab"] as const) {
      const stops = await stopsBy(page, key);
      expect(stops.length).toBeGreaterThan(30);
      expect(stops.filter(({ covered }) => covered > 0)).toEqual([]);
    }
    await expect(messages.getByRole("listitem")).not.toHaveCount(0);
  });
}

test("what has the focus comes out from under a message that appears over it", async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 390, height: 780 });
  const [first = 0, second = 0] = await withAccounts(page, 4);
  const lowest = page.getByRole("button", { name: "Connect Zoom" });
  await lowest.focus();
  await lowest.evaluate((element) => element.scrollIntoView({ block: "end" }));
  await page.keyboard.press("Shift");
  await setHealth(first, broken);
  await setHealth(second, broken);
  await expect(page.getByRole("region", { name: "Messages" }).getByRole("listitem")).toHaveCount(2);
  await page.waitForTimeout(500);
  await expect(lowest).toBeFocused();
  expect(await page.evaluate(stopHere)).toMatchObject({ covered: 0 });
});

test("no warning is dropped: what has no room waits for its turn", async ({ signedIn: page }) => {
  const ids = await withAccounts(page, 5);
  for (const id of ids.slice(0, 4)) await setHealth(id, broken);
  const messages = page.getByRole("region", { name: "Messages" });
  await expect(messages.getByText("2 more messages")).toBeVisible();
  const seen = new Set<string>();
  for (let left = 4; left > 0; left -= 1) {
    const offer = messages.getByRole("button", { name: /^Reconnect / }).first();
    seen.add((await offer.getAttribute("aria-label")) ?? "");
    await messages.getByRole("button", { name: "Dismiss message" }).first().click();
    await expect(messages.getByRole("button", { name: /^Reconnect / })).toHaveCount(Math.min(2, left - 1));
  }
  expect(seen.size).toBe(4);
});
