import { exampleUrl, sandboxUrl } from "./support/addresses.ts";
import {
  connectAtProduct,
  eraseUsers,
  expectProfile,
  expireLink,
  expireReturn,
  holdReturn,
  patchbay,
  sessionIn,
  signIn,
  startAtProduct,
  takeLink,
  users,
  watchCodes,
} from "./support/product.ts";
import { stripe, zoom } from "./support/providers.ts";
import { card, decide, expect, test } from "./support/test.ts";

// All of them share the two users of the product, and so run one after the other.
test.beforeEach(eraseUsers);

const labelsOf = async (user: string) =>
  (await patchbay.connections.list({ user })).connections.map(({ label }) => label);

test("a user of a product connects Zoom and Stripe, and the product calls Zoom for them", async ({ page }) => {
  const codes = watchCodes(page);
  await signIn(page, "ada");
  for (const provider of [zoom, stripe]) {
    await connectAtProduct(page, provider);
    await expect(page.getByRole("status")).toHaveText("The account is connected.");
    await expect(card(page, provider.name).getByText(provider.label, { exact: true })).toBeVisible();
  }
  expect(await codes.counts()).toEqual([1, 1]);
  expect(await labelsOf(users.ada)).toEqual([zoom.label, stripe.label]);
  expect(await labelsOf(users.ben)).toEqual([]);
  await page.getByRole("link", { name: "Profile from Zoom" }).click();
  await expectProfile(page);
  await page.goto(exampleUrl);
  await page.getByRole("button", { name: `Disconnect ${zoom.label}` }).click();
  await expect(page.getByText(zoom.label, { exact: true })).toBeHidden();
  expect(await labelsOf(users.ada)).toEqual([stripe.label]);
});

test("a user who says no at the provider is back at the product, which says so", async ({ page }) => {
  const codes = watchCodes(page);
  await signIn(page, "ada");
  await startAtProduct(page, zoom);
  await decide(page, zoom.person, "Deny");
  await expect(page.getByRole("status")).toHaveText(/You chose not to give access/);
  expect(await codes.counts()).toEqual([]);
  await connectAtProduct(page, zoom);
  expect(await labelsOf(users.ada)).toEqual([zoom.label]);
});

test("a link that another user of the product opens connects nobody's account, and exchanges no code", async ({
  page,
  browser,
}) => {
  await signIn(page, "ada");
  const link = await takeLink(page, zoom);
  const other = await browser.newContext();
  const victim = await other.newPage();
  const codes = watchCodes(victim);
  await signIn(victim, "ben");
  await victim.goto(link);
  await victim.waitForURL(`${sandboxUrl}/**`);
  await decide(victim, zoom.person, "Allow");
  await expect(victim.getByRole("status")).toHaveText(/Somebody else began this/);
  expect(await codes.counts()).toEqual([0]);
  expect(await labelsOf(users.ada)).toEqual([]);
  expect(await labelsOf(users.ben)).toEqual([]);
  await other.close();
});

test("a user who signs in as another before coming back connects nothing, and exchanges no code", async ({
  page,
  context,
}) => {
  const codes = watchCodes(page);
  await signIn(page, "ada");
  await startAtProduct(page, zoom);
  await signIn(await context.newPage(), "ben");
  await decide(page, zoom.person, "Allow");
  await expect(page.getByRole("status")).toHaveText(/Somebody else began this/);
  expect(await codes.counts()).toEqual([0]);
  expect(await labelsOf(users.ada)).toEqual([]);
  expect(await labelsOf(users.ben)).toEqual([]);
});

test("a user who was signed out before coming back signs in, and is connected", async ({ page, context }) => {
  const codes = watchCodes(page);
  await signIn(page, "ada");
  await startAtProduct(page, zoom);
  const tab = await context.newPage();
  await tab.goto(exampleUrl);
  await tab.getByRole("button", { name: "Sign out" }).click();
  await expect(tab).toHaveURL(/\/sign-in$/);
  await decide(page, zoom.person, "Allow");
  await page.waitForURL(`${exampleUrl}/sign-in?next=*`);
  expect(await codes.counts()).toEqual([0]);
  await page.getByRole("button", { name: "Ada Lovelace" }).click();
  await expect(page.getByRole("status")).toHaveText("The account is connected.");
  expect(await codes.counts()).toEqual([1]);
});

test("a link that was opened does not open in another browser", async ({ page, browser }) => {
  await signIn(page, "ada");
  const link = await takeLink(page, zoom);
  await page.goto(link);
  await page.waitForURL(`${sandboxUrl}/**`);
  const other = await browser.newContext();
  const elsewhere = await other.newPage();
  await elsewhere.goto(link);
  await expect(elsewhere.getByText(/opened in another browser/).first()).toBeVisible();
  await other.close();
});

test("a return that is completed twice connects once", async ({ page }) => {
  const codes = watchCodes(page);
  await signIn(page, "ada");
  const getReturn = await holdReturn(page);
  await startAtProduct(page, zoom);
  await decide(page, zoom.person, "Allow");
  const address = await getReturn();
  await page.goto(address);
  await expect(page.getByRole("status")).toHaveText("The account is connected.");
  await page.goto(address);
  await expect(page.getByRole("status")).toHaveText("The account is connected.");
  expect(await codes.counts()).toEqual([1]);
  expect(await labelsOf(users.ada)).toEqual([zoom.label]);
});

test("a session that its product cancels before the return connects nothing, and exchanges no code", async ({
  page,
}) => {
  const codes = watchCodes(page);
  await signIn(page, "ada");
  const getReturn = await holdReturn(page);
  await startAtProduct(page, zoom);
  await decide(page, zoom.person, "Allow");
  const address = await getReturn();
  await patchbay.sessions.cancel(sessionIn(address));
  await page.goto(address);
  await expect(page.getByRole("status")).toHaveText(/cancelled|nothing was connected/);
  expect(await codes.counts()).toEqual([0]);
  expect(await labelsOf(users.ada)).toEqual([]);
});

test("a session that its product cancels while its user is at the provider connects nothing, and exchanges no code", async ({
  page,
}) => {
  const codes = watchCodes(page);
  await signIn(page, "ada");
  const { id, url } = await patchbay.sessions.create({ user: { id: users.ada }, returnUrl: `${exampleUrl}/connected` });
  await page.goto(url.replace("#", "?provider=zoom#"));
  await page.waitForURL(`${sandboxUrl}/**`);
  await patchbay.sessions.cancel(id);
  await decide(page, zoom.person, "Allow");
  await expect(page.getByText(/Zoom was not connected/).first()).toBeVisible();
  expect(await codes.counts()).toEqual([0]);
  expect(await labelsOf(users.ada)).toEqual([]);
});

test("a return that comes too late connects nothing, and exchanges no code", async ({ page }) => {
  const codes = watchCodes(page);
  await signIn(page, "ada");
  const getReturn = await holdReturn(page);
  await startAtProduct(page, zoom);
  await decide(page, zoom.person, "Allow");
  const address = await getReturn();
  await expireReturn(sessionIn(address));
  await page.goto(address);
  await expect(page.getByRole("status")).toHaveText(/nothing was connected|took too long/);
  expect(await codes.counts()).toEqual([0]);
  expect(await labelsOf(users.ada)).toEqual([]);
});

test("a link whose time is over says so, and leads to no provider", async ({ page }) => {
  await signIn(page, "ada");
  const { id, url } = await patchbay.sessions.create({ user: { id: users.ada } });
  await expireLink(id);
  await page.goto(url);
  await expect(page.getByRole("heading", { name: "This link does not work any more" })).toBeVisible();
});

test("going back after connecting connects nothing again, and the product still works", async ({ page }) => {
  const codes = watchCodes(page);
  await signIn(page, "ada");
  await connectAtProduct(page, zoom);
  for (let steps = 0; steps < 3; steps += 1) await page.goBack().catch(() => null);
  await page.goto(exampleUrl);
  await expect(card(page, "Zoom").getByText(zoom.label, { exact: true })).toHaveCount(1);
  expect(Math.max(...(await codes.counts()))).toBe(1);
  await connectAtProduct(page, stripe);
  expect(await labelsOf(users.ada)).toEqual([zoom.label, stripe.label]);
});
