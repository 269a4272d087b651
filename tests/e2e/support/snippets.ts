import type { Page, Route } from "@playwright/test";
import type { Provider } from "./providers.ts";
import { usesOfOneCode } from "./sandbox.ts";
import { decide, expect, signUp, test } from "./test.ts";

/** The front-end snippets of the requirements, retold as a plain script: what they read, post and show. */
const snippets: Record<string, string> = {
  calendly: `
    const code = params.get("code");
    if (code && mine("calendly")) finish("calendly", { authCode: code }, (data) => "Calendly connected (" + data.email + ")");`,
  paypal: `
    if (params.get("paypal") === "success") show("PayPal connected");
    if (params.get("paypal") === "error") show("PayPal failed");
    if (params.get("code") && params.get("state") && mine("paypal"))
      finish("paypal", { authCode: params.get("code"), state: params.get("state") }, (data) => "PayPal connected (" + data.email + ")");`,
  shopify: `
    if (params.get("error") === "invalid_hmac") show("Authentication failed: Invalid signature from Shopify");
    if (params.get("code") && params.get("shop") && params.get("state") && params.get("verified") === "true" && mine("shopify"))
      finish("shopify", { shop: params.get("shop"), code: params.get("code"), state: params.get("state") },
        (data) => "Shopify connected (" + data.shopName + ")");`,
  stripe: `
    if (params.get("code") && params.get("state") && mine("stripe"))
      finish("stripe", { authCode: params.get("code"), state: params.get("state") },
        (data) => "Stripe connected (" + data.stripeAccountId + ", " + data.accountType + ", " + data.scope + ")");`,
  zoom: `
    const zoom = params.get("zoom_code");
    if (zoom) finish("zoom", { authCode: zoom }, (data) => "Zoom connected (" + data.email + ")");`,
};

/** A page with some of the snippets. `greedy`: each fires on whatever parameter it knows, as on one page they would. */
function pageOf(names: readonly string[], greedy: boolean): string {
  return `<!doctype html><title>Snippets</title><ul id="said"></ul><script>
    const params = new URLSearchParams(location.search);
    const show = (text) => { const item = document.createElement("li"); item.textContent = text; said.append(item); };
    const mine = (name) => ${greedy ? "true" : `${JSON.stringify(names)}.includes(name)`};
    const finish = async (name, body, tell) => {
      try {
        const res = await fetch("/api/v1/channels/" + name + "/connect", {
          method: "POST", credentials: "include",
          headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
        });
        const data = await res.json();
        if (!res.ok) throw new Error(name + " refused: " + data.message);
        show(tell(data));
      } catch (error) { show(error.message); }
    };
    ${names.map((name) => `{ ${snippets[name]} }`).join("\n")}
    history.replaceState({}, document.title, location.pathname);
  </script>`;
}

/**
 * Puts the snippets in the place of our page. Playwright does not see the requests that a redirect leads to, so each
 * redirect on the way, the provider's and ours, is followed by a small page of its own.
 */
async function serve(page: Page, names: readonly string[], greedy = false): Promise<void> {
  const body = pageOf(names, greedy);
  await page.route(/\/integrations(\?|$)/, (route) => route.fulfill({ contentType: "text/html", body }));
  await page.route(/\/channels\/\w+\/(callback|connect)\?/, followByPage);
  await page.route(/authorize/, (route) =>
    route.request().method() === "POST" ? followByPage(route) : route.continue(),
  );
}

async function followByPage(route: Route): Promise<void> {
  const response = await route.fetch({ maxRedirects: 0 });
  const to = JSON.stringify(response.headers()["location"] ?? "");
  await route.fulfill({ contentType: "text/html", body: `<script>location.replace(${to})</script>` });
}

async function walk(page: Page, { id, shop, person }: Provider): Promise<void> {
  await page.goto(`/api/v1/channels/${id}/auth${shop === undefined ? "" : `?shop=${shop}`}`);
  await decide(page, person, "Allow");
  await page.waitForURL(/\/integrations$/);
}

const shown: Record<string, RegExp> = {
  calendly: /Calendly connected \(ada\.okafor@lumen-studio\.example\)/,
  paypal: /PayPal connected/,
  shopify: /Shopify connected \(Acme Goods\)/,
  stripe: /Stripe connected \(acct_\w+, standard, read_write\)/,
  zoom: /Zoom connected \(priya\.raman@brightpath-learning\.example\)/,
};

/** The requirements' own front end against a provider. */
export function snippetsOf(provider: Provider): void {
  test(`${provider.name}: the requirements' snippet works unchanged, alone on its page`, async ({ page }) => {
    await signUp(page);
    await serve(page, [provider.id]);
    await walk(page, provider);
    await expect(page.locator("#said")).toHaveText(shown[provider.id] ?? "");
    const list = (await (await page.request.get("/api/v1/channels/")).json()) as { id: number }[];
    const id = list[0]?.id;
    const answer = await page.request.post(`/api/v1/channels/${provider.id}/disconnect`, {
      data: provider.shop === undefined ? { accountId: id } : { storeId: id },
    });
    expect(answer.ok()).toBe(true);
    expect(await (await page.request.get("/api/v1/channels/")).json()).toEqual([]);
  });

  test(`${provider.name}: with all snippets on one page, the others are refused and its own still connects`, async ({
    page,
  }) => {
    await signUp(page);
    await serve(page, Object.keys(snippets), true);
    await walk(page, provider);
    await expect(page.locator("#said").getByText(shown[provider.id] ?? "")).toBeVisible();
    const list = (await (await page.request.get("/api/v1/channels/")).json()) as { provider: string }[];
    expect(list.map((row) => row.provider)).toEqual([provider.id]);
    expect(await usesOfOneCode(provider.id)).toBe(1);
  });
}
