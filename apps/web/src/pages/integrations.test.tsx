import { describe, expect, it, vi } from "vitest";
import { account, card, fakeApi, Refused, shop } from "../../test/api.ts";
import { button, eventually, field, guardPage, heard, open, press, seen, spoken, type } from "../../test/page.tsx";

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
  it("sends the ticket once in StrictMode, and nothing before the address is clean", async () => {
    const calls = fakeApi({ "connect.finish": () => account(), "connections.list": () => [account()] });
    open("/integrations?provider=zoom&zoom_code=t");
    await heard("Zoom connected: ada@example.com");
    expect(finishes(calls)).toMatchObject([{ input: { provider: "zoom", ticket: "t" } }]);
    expect(calls.map(({ address }) => new URL(address).search)).toEqual(calls.map(() => ""));
  });

  it("shows that it is connecting, and leaves nothing in the address", async () => {
    const calls = fakeApi({ "connect.finish": () => new Promise(() => undefined) });
    open("/integrations?provider=zoom&zoom_code=t");
    await seen("Connecting your Zoom account…");
    expect(spoken()).toBe("Connecting your Zoom account…");
    expect(location.href).toMatch(/\/integrations$/);
    await eventually(() => expect(finishes(calls)).toHaveLength(1));
  });

  it("says on the card why it did not work", async () => {
    fakeApi({ "connect.finish": refuse("scope_missing") });
    open("/integrations?provider=zoom&zoom_code=t");
    await seen("Zoom was not connected, because some of the permissions were left out.");
    await eventually(() => expect(document.activeElement?.id).toBe("card-zoom"));
  });

  it("admits that it does not know where no answer came", async () => {
    const calls = fakeApi({ "connect.finish": () => Promise.reject(new TypeError("down")) });
    open("/integrations?provider=zoom&zoom_code=t");
    await heard("We could not confirm the connection to Zoom. Please start again.");
    expect(finishes(calls)).toHaveLength(1);
  });

  it("does not believe paypal=success typed by hand", async () => {
    fakeApi();
    open("/integrations?paypal=success");
    await heard("No account of Paypal has arrived here. Connect it again to be sure.");
    expect(document.body.textContent).not.toContain("connected:");
  });

  it("confirms paypal=success when the list shows the account", async () => {
    fakeApi({ "connections.list": () => [account({ provider: "paypal" })] });
    open("/integrations?paypal=success");
    await heard("Paypal connected: ada@example.com");
    expect(document.querySelector("#card-paypal .notice")).toBeNull();
  });

  it("shows no raw text of an address it does not know", async () => {
    fakeApi();
    open("/integrations?provider=evil&error=%3Cimg%20src=x%3Eboo");
    await seen("Something went wrong on our side.");
    expect(document.body.innerHTML).not.toMatch(/evil|boo/);
  });

  it("signed out, asks for sign-in, says what happened and sends no ticket", async () => {
    const calls = fakeApi({ "session.get": signedOut, "connections.list": refuse("unauthenticated") });
    open("/integrations?provider=zoom&zoom_code=t");
    await seen("You were signed out before Zoom was connected. Sign in, then connect it again.");
    expect(location.pathname).toBe("/sign-in");
    expect(finishes(calls)).toEqual([]);
  });

  it.each(["invalid_state", "unauthenticated"])(
    "signed out at the provider, does the same where the API says %s",
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
      open(`/integrations?provider=zoom&error=${code}`);
      await seen("You were signed out before Zoom was connected. Sign in, then connect it again.");
      await type("E-mail", "ada@example.com");
      await type("Password", "right-password");
      await press("Sign in");
      await seen("You were signed out on the way, so Zoom is not connected yet. Connect it again.");
      expect(document.body.textContent).not.toContain("match this return");
    },
  );

  it("a return that belongs to another session says so to whom is signed in again", async () => {
    fakeApi();
    open("/integrations?provider=zoom&error=unauthenticated");
    await heard("You were signed out on the way, so Zoom is not connected yet. Connect it again.");
    expect(document.querySelector("#card-zoom .notice")?.textContent).toBe(spoken());
  });

  it("brings the account that is being connected into view, and speaks of nothing else above", async () => {
    const views: string[] = [];
    vi.spyOn(Element.prototype, "scrollIntoView").mockImplementation(function (this: Element) {
      views.push(this.className);
    });
    fakeApi({ "connect.finish": () => new Promise(() => undefined) });
    open("/integrations?provider=zoom&zoom_code=t");
    await eventually(() => expect(views).toContain("account idle finishing"));
    expect(document.querySelector(".summary")?.textContent).toBe("Connecting your Zoom account…");
    expect(document.body.textContent).not.toContain("Nothing is connected yet");
  });

  it("signed out while finishing, does the same", async () => {
    let user: unknown = { email: "ada@example.com", name: "Ada" };
    const calls = fakeApi({
      "session.get": () => ({ user, signUp: "open" }),
      "connect.finish": () => {
        user = null;
        throw new Refused("unauthenticated");
      },
    });
    open("/integrations?provider=zoom&zoom_code=t");
    await seen("You were signed out before Zoom was connected.");
    expect(finishes(calls)).toHaveLength(1);
  });
});

describe("connecting", () => {
  it("takes the user to the provider, and is itself again when the browser restores the page", async () => {
    fakeApi({ "connect.begin": () => ({ type: "redirect", to: "https://zoom.example/authorize" }) });
    const left = open("/integrations");
    await press("Connect Zoom");
    expect((await button("Taking you to Zoom…")).getAttribute("aria-busy")).toBe("true");
    await eventually(() => expect(left).toEqual(["https://zoom.example/authorize"]));
    window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    expect((await button("Connect Zoom")).hasAttribute("aria-disabled")).toBe(false);
  });

  it.each<[string, () => void]>([
    ["the browser shows the page again", () => window.dispatchEvent(new Event("pageshow"))],
    ["somebody looks at the page again", () => window.dispatchEvent(new Event("focus"))],
    ["the provider’s page does not come in 15 s", () => void vi.advanceTimersByTime(15_000)],
  ])("is itself again when %s", async (_, happens) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
    fakeApi({ "connect.begin": () => ({ type: "redirect", to: "https://zoom.example/authorize" }) });
    const left = open("/integrations");
    await press("Connect Zoom");
    await eventually(() => expect(left).toHaveLength(1));
    expect((await button("Connect Calendly")).hasAttribute("aria-disabled")).toBe(true);
    happens();
    expect((await button("Connect Zoom")).hasAttribute("aria-disabled")).toBe(false);
    expect((await button("Connect Calendly")).hasAttribute("aria-disabled")).toBe(false);
    vi.useRealTimers();
  });

  it("says on the card that the provider did not open, and can be pressed again", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
    const calls = fakeApi({ "connect.begin": () => ({ type: "redirect", to: "https://zoom.example/authorize" }) });
    const left = open("/integrations");
    await press("Connect Zoom");
    await eventually(() => expect(left).toHaveLength(1));
    vi.advanceTimersByTime(15_000);
    await heard("Zoom did not open. Check your connection, then try again.");
    expect(document.querySelector("#card-zoom .notice")?.textContent).toContain("Zoom did not open.");
    await press("Connect Zoom");
    await eventually(() => expect(begins(calls)).toHaveLength(2));
    vi.useRealTimers();
  });

  it("stays when the user cancels: the departure is called off, and the focus is on the button", async () => {
    fakeApi({ "connect.begin": () => ({ type: "redirect", to: "https://zoom.example/authorize" }) });
    const left = open("/integrations");
    await press("Connect Zoom");
    await eventually(() => expect(left).toHaveLength(1));
    await press("Cancel going to Zoom");
    expect(left).toEqual(["https://zoom.example/authorize", "called off"]);
    await heard("You stay on this page. Nothing was connected.");
    expect(document.activeElement).toBe(await button("Connect Zoom"));
    expect((await button("Connect Zoom")).hasAttribute("aria-disabled")).toBe(false);
  });

  it("does not leave when the API answers after the user has cancelled", async () => {
    let answer: (step: unknown) => void = () => undefined;
    fakeApi({ "connect.begin": () => new Promise((resolve) => (answer = resolve)) });
    const left = open("/integrations");
    await press("Connect Zoom");
    await press("Cancel going to Zoom");
    answer({ type: "redirect", to: "https://zoom.example/authorize" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(left).toEqual([]);
  });

  it("begins once, however often it is pressed", async () => {
    const calls = fakeApi({ "connect.begin": () => new Promise(() => undefined) });
    open("/integrations");
    const connect = await button("Connect Zoom");
    connect.click();
    connect.click();
    await press("Connect Calendly");
    await button("Taking you to Zoom…");
    await eventually(() => expect(begins(calls)).toHaveLength(1));
  });

  it("shows a shop it cannot use at its field, and keeps what was typed", async () => {
    const calls = fakeApi({ "connect.begin": refuse("invalid_shop", "shop") });
    open("/integrations");
    await type("Your shop’s domain", "evil.com");
    await press("Connect Shopify");
    await seen("This is not a shop address.");
    const input = await field("Your shop’s domain");
    expect(input.value).toBe("evil.com");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    expect(calls.at(-1)?.input).toEqual({ provider: "shopify", values: { shop: "evil.com" } });
  });

  it("renews an account with the answers it shows", async () => {
    const sick = account({
      provider: "shopify",
      label: "Acme",
      status: "needs_reconnect",
      reason: "some internal words",
      details: { shop: "acme.myshopify.com" },
    });
    const calls = fakeApi({ "connections.list": () => [sick], "connect.begin": () => new Promise(() => undefined) });
    open("/integrations");
    await seen("Shopify no longer accepts this connection.");
    await press("Reconnect Acme");
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
  ])("leaves out an account to be renewed that is gone, where the list can be %s", async (_, after) => {
    let list: () => unknown = () => [account({ status: "revoked" })];
    fakeApi({
      "connections.list": () => list(),
      "connect.begin": () => {
        list = after;
        return refuse("connection_unknown")();
      },
    });
    open("/integrations");
    await press("Reconnect Ada Lovelace");
    await heard("This account is no longer connected here. The list is up to date now.");
    await button("Connect Zoom");
    expect(document.querySelector("#card-zoom")?.textContent).not.toContain("Ada Lovelace");
  });

  it("offers nothing to connect where a provider is not configured", async () => {
    fakeApi({ "providers.list": () => [card("zoom", { configured: false }), shop] });
    open("/integrations");
    await seen("Zoom is not set up here yet.");
    expect(document.querySelector("#card-zoom button")).toBeNull();
  });
});

describe("an account whose app is not set up here any more", () => {
  const left = account({ status: "needs_reconnect", reason: "provider_not_configured" });

  it.each([false, true])("is not said to work, and offers no reconnect (configured: %s)", async (configured) => {
    fakeApi({ "connections.list": () => [left], "providers.list": () => [card("zoom", { configured }), shop] });
    open("/integrations");
    await seen("Zoom is not set up here as it was. This account works again when it is.");
    await seen("Paused");
    await press("Details of Ada Lovelace");
    await seen("Its app is not set up here now.");
    const text = document.querySelector("#card-zoom")?.textContent ?? "";
    expect(text).not.toMatch(/Working|Reconnect/);
    expect(text).toContain("Disconnect");
  });
});

describe("what providers call their accounts", () => {
  const hostile = '<img src=x onerror="window.hurt=1">\u202Egpj.exe';

  it("is shown as text, isolated, and does nothing", async () => {
    const evil = account({ label: hostile, email: `${"a".repeat(10_000)}@x.example`, details: { "<b>": "=cmd()" } });
    fakeApi({ "connections.list": () => [evil] });
    open("/integrations");
    await press('Details of <img src=x onerror="window.hurt=1"> gpj.exe');
    await seen("=cmd()");
    expect(document.querySelector("img:not(.mark), b")).toBeNull();
    expect(document.body.textContent).not.toContain("\u202E");
    expect(document.querySelector(".account-name bdi")?.textContent).toContain("<img");
  });
});

describe("disconnecting", () => {
  it("asks first, and shows a receipt after", async () => {
    const connections = [account()];
    const calls = fakeApi({
      "connections.list": () => connections,
      "connections.disconnect": () => {
        connections.pop();
        return { id: 7, provider: "zoom", label: "Ada Lovelace", revocations: [{ outcome: "revoked" }] };
      },
    });
    open("/integrations");
    await press("Disconnect Ada Lovelace");
    await press("Disconnect");
    await heard("Zoom disconnected: Ada Lovelace. Our access was withdrawn at Zoom.");
    expect(calls.filter(({ path }) => path === "connections.disconnect")).toMatchObject([{ input: { id: 7 } }]);
    await button("Connect Zoom");
  });

  it("does nothing when the user thinks better of it", async () => {
    const calls = fakeApi({ "connections.list": () => [account()] });
    open("/integrations");
    await press("Disconnect Ada Lovelace");
    await press("Keep connected");
    await eventually(() => expect(document.querySelector("[role=alertdialog]")).toBeNull());
    expect(calls.some(({ path }) => path === "connections.disconnect")).toBe(false);
  });
});

it("says that the accounts did not load, and loads them when asked again", async () => {
  let down = true;
  fakeApi({
    "connections.list": () => {
      if (down) throw new Refused("provider_misbehaved");
      return [account()];
    },
  });
  open("/integrations");
  await seen("Your accounts could not be loaded");
  down = false;
  await press("Try again");
  await seen("1 account connected");
  expect(document.body.textContent).not.toContain("could not be loaded");
});
