import { describe, expect, it, vi } from "vitest";
import { buildAccount, buildCard, fakeApi, Refused, shopifyCard } from "../../test/api.ts";
import {
  findButton,
  eventually,
  findField,
  guardPage,
  expectSpoken,
  openPage,
  pressButton,
  expectShown,
  getSpoken,
  typeInto,
} from "../../test/page.tsx";

guardPage();

const finishes = (calls: { path: string }[]): unknown[] => calls.filter(({ path }) => path === "connect.finish");
const begins = (calls: { path: string }[]): unknown[] => calls.filter(({ path }) => path === "connect.begin");
const signedOut = () => ({ user: null, signUp: "open" });
const refuse =
  (...failure: ConstructorParameters<typeof Refused>) =>
  () => {
    throw new Refused(...failure);
  };

describe("coming back from a provider", () => {
  it("a return sends its ticket once in StrictMode, and nothing before the address is clean", async () => {
    const calls = fakeApi({ "connect.finish": () => buildAccount(), "connections.list": () => [buildAccount()] });
    openPage("/integrations?provider=zoom&zoom_code=t");
    await expectSpoken("Zoom connected: ada@example.com");
    expect(finishes(calls)).toMatchObject([{ input: { provider: "zoom", ticket: "t" } }]);
    expect(calls.map(({ address }) => new URL(address).search)).toEqual(calls.map(() => ""));
  });

  it("a return shows that it is connecting, and leaves nothing in the address", async () => {
    const calls = fakeApi({ "connect.finish": () => new Promise(() => undefined) });
    openPage("/integrations?provider=zoom&zoom_code=t");
    await expectShown("Connecting your Zoom account…");
    await expectSpoken("Connecting your Zoom account…");
    expect(location.href).toMatch(/\/integrations$/);
    await eventually(() => expect(finishes(calls)).toHaveLength(1));
  });

  it("a failed return says on the card why it failed", async () => {
    fakeApi({ "connect.finish": refuse("scope_missing") });
    openPage("/integrations?provider=zoom&zoom_code=t");
    await expectShown("Zoom was not connected, because some of the permissions were left out.");
    await eventually(() => expect(document.activeElement?.id).toBe("card-zoom"));
  });

  it("a return without an answer from the API says that the outcome is unknown", async () => {
    const calls = fakeApi({ "connect.finish": () => Promise.reject(new TypeError("down")) });
    openPage("/integrations?provider=zoom&zoom_code=t");
    await expectSpoken("We could not confirm the connection to Zoom. Please start again.");
    expect(finishes(calls)).toHaveLength(1);
  });

  it("paypal=success without an account in the list is not confirmed", async () => {
    fakeApi();
    openPage("/integrations?paypal=success");
    await expectSpoken("No account of Paypal has arrived here. Connect it again to be sure.");
    expect(document.body.textContent).not.toContain("connected:");
  });

  it("paypal=success with an account in the list is confirmed", async () => {
    fakeApi({ "connections.list": () => [buildAccount({ provider: "paypal" })] });
    openPage("/integrations?paypal=success");
    await expectSpoken("Paypal connected: ada@example.com");
    expect(document.querySelector("#card-paypal .notice")).toBeNull();
  });

  it("a return never shows raw text of the address", async () => {
    fakeApi();
    openPage("/integrations?provider=evil&error=%3Cimg%20src=x%3Eboo");
    await expectShown("Something went wrong on our side.");
    expect(document.body.innerHTML).not.toMatch(/evil|boo/);
  });

  it("a return while signed out leads to the sign-in page, says why, and sends no ticket", async () => {
    const calls = fakeApi({ "session.get": signedOut, "connections.list": refuse("unauthenticated") });
    openPage("/integrations?provider=zoom&zoom_code=t");
    await expectShown("You were signed out before Zoom was connected. Sign in, then connect it again.");
    expect(location.pathname).toBe("/sign-in");
    expect(finishes(calls)).toEqual([]);
  });

  it.each(["invalid_state", "unauthenticated"])(
    "a return with %s while signed out leads to the sign-in page, and says why before and after",
    async (code) => {
      let user: unknown = null;
      fakeApi({
        "session.get": () => ({ user, signUp: "open" }),
        "connections.list": () => {
          if (!user) throw new Refused("unauthenticated");
          return [];
        },
        "/api/auth/sign-in/email": () => {
          user = { email: "ada@example.com", name: "Ada" };
          return [200, {}];
        },
      });
      openPage(`/integrations?provider=zoom&error=${code}`);
      await expectShown("You were signed out before Zoom was connected. Sign in, then connect it again.");
      await typeInto("E-mail", "ada@example.com");
      await typeInto("Password", "right-password");
      await pressButton("Sign in");
      await expectShown("You were signed out on the way, so Zoom is not connected yet. Connect it again.");
      expect(document.body.textContent).not.toContain("match this return");
    },
  );

  it("a return of another session says that the user was signed out", async () => {
    fakeApi();
    openPage("/integrations?provider=zoom&error=unauthenticated");
    await expectSpoken("You were signed out on the way, so Zoom is not connected yet. Connect it again.");
    await eventually(() => expect(document.querySelector("#card-zoom .notice")?.textContent).toBe(getSpoken()));
  });

  it("a return scrolls to the account that is being connected", async () => {
    const views: string[] = [];
    vi.spyOn(Element.prototype, "scrollIntoView").mockImplementation(function (this: Element) {
      views.push(this.className);
    });
    fakeApi({ "connect.finish": () => new Promise(() => undefined) });
    openPage("/integrations?provider=zoom&zoom_code=t");
    await eventually(() => expect(views).toContain("account idle finishing"));
    await eventually(() =>
      expect(document.querySelector(".summary")?.textContent).toBe("Connecting your Zoom account…"),
    );
    expect(document.body.textContent).not.toContain("Nothing is connected yet");
  });

  it("a return whose session ends on the way leads to the sign-in page", async () => {
    let user: unknown = { email: "ada@example.com", name: "Ada" };
    const calls = fakeApi({
      "session.get": () => ({ user, signUp: "open" }),
      "connect.finish": () => {
        user = null;
        throw new Refused("unauthenticated");
      },
    });
    openPage("/integrations?provider=zoom&zoom_code=t");
    await expectShown("You were signed out before Zoom was connected.");
    expect(finishes(calls)).toHaveLength(1);
  });
});

describe("connecting", () => {
  it("connecting takes the user to the provider, and the page works again when the browser restores it", async () => {
    fakeApi({ "connect.begin": () => ({ type: "redirect", to: "https://zoom.example/authorize" }) });
    const left = openPage("/integrations");
    await pressButton("Connect Zoom");
    expect((await findButton("Taking you to Zoom…")).getAttribute("aria-busy")).toBe("true");
    await eventually(() => expect(left).toEqual(["https://zoom.example/authorize"]));
    window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    expect((await findButton("Connect Zoom")).hasAttribute("aria-disabled")).toBe(false);
  });

  it.each<[string, () => void]>([
    ["the browser shows the page again", () => window.dispatchEvent(new Event("pageshow"))],
    ["somebody looks at the page again", () => window.dispatchEvent(new Event("focus"))],
    ["the provider’s page does not come in 15 s", () => void vi.advanceTimersByTime(15_000)],
  ])("the page works again when %s", async (_, happens) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
    fakeApi({ "connect.begin": () => ({ type: "redirect", to: "https://zoom.example/authorize" }) });
    const left = openPage("/integrations");
    await pressButton("Connect Zoom");
    await eventually(() => expect(left).toHaveLength(1));
    expect((await findButton("Connect Calendly")).hasAttribute("aria-disabled")).toBe(true);
    happens();
    expect((await findButton("Connect Zoom")).hasAttribute("aria-disabled")).toBe(false);
    expect((await findButton("Connect Calendly")).hasAttribute("aria-disabled")).toBe(false);
    vi.useRealTimers();
  });

  it("a provider that does not open is named on its card, and can be tried again", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
    const calls = fakeApi({ "connect.begin": () => ({ type: "redirect", to: "https://zoom.example/authorize" }) });
    const left = openPage("/integrations");
    await pressButton("Connect Zoom");
    await eventually(() => expect(left).toHaveLength(1));
    vi.advanceTimersByTime(15_000);
    await expectSpoken("Zoom did not open. Check your connection, then try again.");
    await expectShown("Zoom did not open.");
    await pressButton("Connect Zoom");
    await eventually(() => expect(begins(calls)).toHaveLength(2));
    vi.useRealTimers();
  });

  it("a cancelled departure stops the browser, and focuses the button", async () => {
    fakeApi({ "connect.begin": () => ({ type: "redirect", to: "https://zoom.example/authorize" }) });
    const left = openPage("/integrations");
    await pressButton("Connect Zoom");
    await eventually(() => expect(left).toHaveLength(1));
    await pressButton("Cancel going to Zoom");
    expect(left).toEqual(["https://zoom.example/authorize", "called off"]);
    await expectSpoken("You stay on this page. Nothing was connected.");
    const button = await findButton("Connect Zoom");
    await eventually(() => expect(document.activeElement).toBe(button));
    expect(button.hasAttribute("aria-disabled")).toBe(false);
  });

  it("a cancelled departure does not leave when the API answers later", async () => {
    let answer: (step: unknown) => void = () => undefined;
    fakeApi({ "connect.begin": () => new Promise((resolve) => (answer = resolve)) });
    const left = openPage("/integrations");
    await pressButton("Connect Zoom");
    await pressButton("Cancel going to Zoom");
    answer({ type: "redirect", to: "https://zoom.example/authorize" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(left).toEqual([]);
  });

  it("connecting begins once, however often a button is pressed", async () => {
    const calls = fakeApi({ "connect.begin": () => new Promise(() => undefined) });
    openPage("/integrations");
    const connect = await findButton("Connect Zoom");
    connect.click();
    connect.click();
    await pressButton("Connect Calendly");
    await findButton("Taking you to Zoom…");
    await eventually(() => expect(begins(calls)).toHaveLength(1));
  });

  it("a shop that cannot be used is kept, with the failure at its field", async () => {
    const calls = fakeApi({ "connect.begin": refuse("invalid_shop", "shop") });
    openPage("/integrations");
    await typeInto("Your shop’s domain", "evil.com");
    await pressButton("Connect Shopify");
    await expectShown("This is not a shop address.");
    const input = await findField("Your shop’s domain");
    expect(input.value).toBe("evil.com");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    expect(calls.at(-1)?.input).toEqual({ provider: "shopify", values: { shop: "evil.com" } });
  });

  it("reconnecting sends the values that the account shows", async () => {
    const sick = buildAccount({
      provider: "shopify",
      label: "Acme",
      status: "needs_reconnect",
      reason: "some internal words",
      details: { shop: "acme.myshopify.com" },
    });
    const calls = fakeApi({ "connections.list": () => [sick], "connect.begin": () => new Promise(() => undefined) });
    openPage("/integrations");
    await expectShown("Shopify no longer accepts this connection.");
    await pressButton("Reconnect Acme");
    await eventually(() => {
      expect(calls.at(-1)?.input).toEqual({
        provider: "shopify",
        reconnectConnectionId: 7,
        values: { shop: "acme.myshopify.com" },
      });
    });
    expect(document.body.textContent).not.toContain("internal words");
  });

  it.each([
    ["read", () => []],
    ["not read", refuse("provider_unavailable")],
  ])("an account that is gone leaves the list when it is reconnected (list %s)", async (_, after) => {
    let list: () => unknown = () => [buildAccount({ status: "revoked" })];
    fakeApi({
      "connections.list": () => list(),
      "connect.begin": () => {
        list = after;
        return refuse("connection_unknown")();
      },
    });
    openPage("/integrations");
    await pressButton("Reconnect Ada Lovelace");
    await expectSpoken("This account is no longer connected here. The list is up to date now.");
    await findButton("Connect Zoom");
    expect(document.querySelector("#card-zoom")?.textContent).not.toContain("Ada Lovelace");
  });

  it("a provider that is not configured offers no button", async () => {
    fakeApi({ "providers.list": () => [buildCard("zoom", { configured: false }), shopifyCard] });
    openPage("/integrations");
    await expectShown("Zoom is not set up here yet.");
    expect(document.querySelector("#card-zoom button")).toBeNull();
  });
});

describe("an account whose app is not set up here any more", () => {
  const left = buildAccount({ status: "needs_reconnect", reason: "provider_not_configured" });

  it.each([false, true])(
    "an account whose app is not set up is shown as paused, and offers no reconnect (configured: %s)",
    async (configured) => {
      fakeApi({
        "connections.list": () => [left],
        "providers.list": () => [buildCard("zoom", { configured }), shopifyCard],
      });
      openPage("/integrations");
      await expectShown("Zoom is not set up here as it was. This account works again when it is.");
      await expectShown("Paused");
      await pressButton("Details of Ada Lovelace");
      await expectShown("Its app is not set up here now.");
      const text = document.querySelector("#card-zoom")?.textContent ?? "";
      expect(text).not.toMatch(/Working|Reconnect/);
      expect(text).toContain("Disconnect");
    },
  );
});

describe("what providers call their accounts", () => {
  const hostile = '<img src=x onerror="window.hurt=1">\u202Egpj.exe';

  it("a provider’s names are shown as isolated plain text", async () => {
    const evil = buildAccount({
      label: hostile,
      email: `${"a".repeat(10_000)}@x.example`,
      details: { "<b>": "=cmd()" },
    });
    fakeApi({ "connections.list": () => [evil] });
    openPage("/integrations");
    await pressButton('Details of <img src=x onerror="window.hurt=1"> gpj.exe');
    await expectShown("=cmd()");
    expect(document.querySelector("img:not(.mark), b")).toBeNull();
    expect(document.body.textContent).not.toContain("\u202E");
    expect(document.querySelector(".account-name bdi")?.textContent).toContain("<img");
  });
});

describe("disconnecting", () => {
  it("disconnecting asks first, and shows a receipt afterwards", async () => {
    const connections = [buildAccount()];
    const calls = fakeApi({
      "connections.list": () => connections,
      "connections.disconnect": () => {
        connections.pop();
        return { id: 7, provider: "zoom", label: "Ada Lovelace", revocations: [{ outcome: "revoked" }] };
      },
    });
    openPage("/integrations");
    await pressButton("Disconnect Ada Lovelace");
    await pressButton("Disconnect");
    await expectSpoken("Zoom disconnected: Ada Lovelace. Our access was withdrawn at Zoom.");
    expect(calls.filter(({ path }) => path === "connections.disconnect")).toMatchObject([{ input: { id: 7 } }]);
    await findButton("Connect Zoom");
  });

  it("disconnecting does nothing when the user keeps the account", async () => {
    const calls = fakeApi({ "connections.list": () => [buildAccount()] });
    openPage("/integrations");
    await pressButton("Disconnect Ada Lovelace");
    await pressButton("Keep connected");
    await eventually(() => expect(document.querySelector("[role=alertdialog]")).toBeNull());
    expect(calls.some(({ path }) => path === "connections.disconnect")).toBe(false);
  });
});

it("the page says that the accounts did not load, and loads them when asked again", async () => {
  let down = true;
  fakeApi({
    "connections.list": () => {
      if (down) throw new Refused("provider_misbehaved");
      return [buildAccount()];
    },
  });
  openPage("/integrations");
  await expectShown("Your accounts could not be loaded");
  down = false;
  await pressButton("Try again");
  await expectShown("1 account connected");
  expect(document.body.textContent).not.toContain("could not be loaded");
});
