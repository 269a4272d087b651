import type { ConnectVisit } from "@patchbay/api/router";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { buildAccount, buildCard, type Call, fakeApi, Refused, shopifyCard } from "../../test/api.ts";
import {
  eventually,
  expectShown,
  expectSpoken,
  findButton,
  guardPage,
  openPage,
  pressButton,
} from "../../test/page.tsx";
import { fakeStreams, type Stream } from "../../test/streams.ts";
import { listenToTabs, notifyTabs } from "../live/tab-channel.ts";
import "../dialogs.ts";
import "../live/live-list.ts";
import "./connect.tsx";

guardPage();

const token = `pbcs_${"t".repeat(43)}`;
const linkAddress = `/connect#${token}`;

/** Builds a connect session as the API describes it. */
const buildVisit = (more: Partial<ConnectVisit> = {}): ConnectVisit => ({
  id: "cs_1",
  product: "Acme",
  user: { id: "usr_1", name: "Ada Lovelace", email: "ada@acme.example" },
  tenant: null,
  providers: ["zoom", "shopify", "telegram"],
  returnUrl: "https://app.acme.example/settings?tab=accounts",
  connection: null,
  locale: null,
  permissions: {},
  expiresAt: new Date(Date.now() + 1_800_000).toISOString(),
  ...more,
});
const telegram = buildCard("telegram", { methods: ["scan"] });
const providers = [buildCard("calendly"), shopifyCard, telegram, buildCard("zoom")];
const opened = () => [200, {}];
const unauthenticated = () => {
  throw new Refused("unauthenticated");
};

/** Replaces the network for a visit whose link can be opened. */
const fakeVisit = (session: Partial<ConnectVisit> = {}, answers: Parameters<typeof fakeApi>[0] = {}): Call[] =>
  fakeApi({
    "/api/v1/connect/open": opened,
    "connectSession.get": () => buildVisit(session),
    "providers.list": () => providers,
    ...answers,
  });
const listPaths = (calls: Call[]): string[] => calls.map(({ path }) => path);
const listCards = (): (string | null)[] =>
  [...document.querySelectorAll(".card h2")].map(({ textContent }) => textContent);
const findBackLink = (): string | null =>
  document.querySelector<HTMLAnchorElement>("a.back")?.getAttribute("href") ?? null;

let streams: Stream[];
beforeEach(() => {
  streams = fakeStreams("connections.watch");
  sessionStorage.clear();
});

describe("opening a link", () => {
  it("a link's token is out of the address before anything is sent, and is sent once", async () => {
    const length = history.length;
    const calls = fakeVisit();
    openPage(linkAddress);
    expect(location.href).toMatch(/\/connect$/);
    expect(JSON.stringify(history.state)).not.toContain("pbcs_");
    await expectShown("For Ada Lovelace (ada@acme.example)");
    expect(history.length).toBe(length);
    expect(calls.filter(({ path }) => path === "/api/v1/connect/open")).toMatchObject([{ input: { token } }]);
    expect(listPaths(calls)[0]).toBe("/api/v1/connect/open");
    expect(calls.filter(({ address }) => address.includes("pbcs_"))).toEqual([]);
    expect(JSON.stringify({ ...sessionStorage, ...localStorage })).not.toContain("pbcs_");
  });

  it("a visit calls the API for its own session, and asks nothing about who is signed in", async () => {
    const calls = fakeVisit();
    openPage(linkAddress);
    await expectShown("Nothing is connected yet");
    await eventually(() =>
      expect(streams.map(({ url }) => url)).toEqual(["/api/trpc/connections.watch?session=connect"]),
    );
    expect(new Set(calls.map(({ session }) => session))).toEqual(new Set(["connect"]));
    expect(listPaths(calls)).not.toContain("session.get");
    expect(document.body.textContent).not.toMatch(/sign (in|out)|signed/i);
  });

  it("a visit shows the product, its user and the allowed providers alone, and leads back", async () => {
    fakeVisit(
      { tenant: { id: "t1", name: "Engines Ltd" } },
      { "connections.list": () => [buildAccount({ provider: "calendly" })] },
    );
    openPage(linkAddress);
    await expectShown("For Ada Lovelace (ada@acme.example) at Engines Ltd");
    expect(listCards()).toEqual(["Shopify", "Telegram", "Zoom"]);
    expect(document.body.textContent).not.toContain("Calendly");
    expect(document.title).toBe("Connect your accounts · Acme");
    expect(document.querySelector(".brand")?.textContent).toBe("Acme");
    expect(document.querySelector("a.back")?.textContent).toBe("Back to Acme");
    expect(findBackLink()).toBe("https://app.acme.example/settings?tab=accounts&connect_session=cs_1");
  });

  it("a card says what this session asks for", async () => {
    const usual = [buildCard("zoom", { permissions: [{ scope: "user:read:user", words: "See your name" }] })];
    const permissions = { zoom: [{ scope: "meeting:read:meeting", words: "See your meetings" }] };
    fakeVisit({ permissions }, { "providers.list": () => usual });
    openPage(linkAddress);
    await expectShown("See your meetings");
    expect(document.body.textContent).not.toContain("See your name");
  });

  it("a visit without a way back shows none", async () => {
    fakeVisit({ returnUrl: null });
    openPage(linkAddress);
    await expectShown("For Ada Lovelace");
    expect(findBackLink()).toBeNull();
  });

  it("a reload shows the visit by its cookie", async () => {
    const calls = fakeVisit();
    openPage("/connect");
    await expectShown("For Ada Lovelace");
    expect(listPaths(calls)).not.toContain("/api/v1/connect/open");
  });

  it("the names of a user are isolated plain text", async () => {
    fakeVisit({ user: { id: "usr_1", name: "<img src=x>\u202Eevil", email: null } });
    openPage(linkAddress);
    await expectShown("For <img src=x> evil");
    expect(document.querySelector("img[src=x]")).toBeNull();
  });

  it("an account is asked for no more than the session asks for", async () => {
    const permissions = { zoom: [{ scope: "meeting:read:meeting", words: "See your meetings" }] };
    const account = buildAccount({
      provider: "zoom",
      label: "Ada",
      missingScopes: ["meeting:read:meeting", "user:read:user"],
    });
    fakeVisit({ permissions }, { "connections.list": () => [account] });
    openPage(linkAddress);
    await expectShown("Not allowed yet: see your meetings.");
  });
});

describe("a link that cannot be opened", () => {
  it.each([
    ["connect_session_unknown", 404, "It has expired or was cancelled. Go back to Patchbay and press Connect again."],
    ["session_opened_elsewhere", 409, "This link was opened in another browser. Go back and press Connect again."],
  ])("a link that the API refuses with %s says what to do next", async (code, status, text) => {
    const calls = fakeVisit({}, { "/api/v1/connect/open": () => [status, { code, message: "m" }] });
    openPage(linkAddress);
    await expectShown(text);
    expect(listPaths(calls)).toEqual(["/api/v1/connect/open"]);
    expect(document.querySelector(".card, button")).toBeNull();
    expect(document.body.innerHTML).not.toContain("pbcs_");
  });

  it("a link that was cut off is refused without asking the API", async () => {
    const calls = fakeVisit();
    openPage("/connect#pbcs_short");
    await expectShown("This link does not work any more");
    expect(calls).toEqual([]);
  });

  it("a link that the API could not open for now is tried again when asked", async () => {
    let status = 503;
    const calls = fakeVisit({}, { "/api/v1/connect/open": () => [status, { code: "database_unavailable" }] });
    openPage(linkAddress);
    await expectShown("This site cannot reach its database right now.");
    status = 200;
    await pressButton("Try again");
    await expectShown("For Ada Lovelace");
    expect(calls.filter(({ path }) => path === "/api/v1/connect/open")).toHaveLength(2);
  });

  it("the page without a link says where to find one", async () => {
    fakeVisit({}, { "connectSession.get": unauthenticated, "connections.list": unauthenticated });
    openPage("/connect");
    await expectShown("You need a link from Patchbay to connect your accounts.");
    expect(document.querySelector(".card")).toBeNull();
  });
});

describe("a visit that ends", () => {
  const endLater = (session: Partial<ConnectVisit> = {}) => {
    let isOver = false;
    const whileOpen = (answer: () => unknown) => () => (isOver ? unauthenticated() : answer());
    fakeVisit(
      {},
      {
        "connectSession.get": whileOpen(() => buildVisit(session)),
        "connections.list": whileOpen(() => []),
        "connect.begin": whileOpen(() => new Promise(() => undefined)),
      },
    );
    return () => {
      isOver = true;
    };
  };

  it("a visit that is over says so at the next press, with a way back", async () => {
    const end = endLater();
    openPage(linkAddress);
    await findButton("Connect Zoom");
    end();
    const said = new Set<string>();
    const observer = new MutationObserver(() => said.add(document.body.textContent ?? ""));
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    await pressButton("Connect Zoom");
    await expectShown("This page has expired");
    await expectSpoken("This page has expired. Go back to Acme and press Connect again.");
    observer.disconnect();
    expect([...said].filter((text) => /sign (in|out)|signed/i.test(text))).toEqual([]);
    expect(findBackLink()).toContain("connect_session=cs_1");
    expect(document.querySelector(".card")).toBeNull();
  });

  it("a visit ends by itself when its time is over", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
    const end = endLater({ expiresAt: new Date(Date.now() + 60_000).toISOString() });
    openPage(linkAddress);
    await findButton("Connect Zoom");
    end();
    await vi.advanceTimersByTimeAsync(61_500);
    await expectShown("This page has expired");
    vi.useRealTimers();
  });

  it("a visit ends when its stream says that the session is over", async () => {
    const end = endLater();
    openPage(linkAddress);
    await eventually(() => expect(streams).toHaveLength(1));
    end();
    streams[0]?.end({ failure: "unauthenticated" });
    await expectShown("This page has expired");
  });

  it("a return to a visit that is over names the provider", async () => {
    fakeVisit({}, { "connectSession.get": unauthenticated, "connections.list": unauthenticated });
    openPage("/connect?error=unauthenticated&provider=zoom");
    await expectShown("Zoom was not connected. Go back to Patchbay and press Connect again.");
  });

  it("a visit gives way when another link is opened in this browser", async () => {
    fakeVisit();
    openPage(linkAddress);
    await findButton("Connect Zoom");
    notifyTabs("signed-in");
    await expectShown("Another link was opened in this browser");
    expect(document.body.textContent).not.toContain("Ada");
  });

  it("a visit never shows the user of another session", async () => {
    let session = buildVisit();
    fakeVisit({}, { "connectSession.get": () => session });
    openPage(linkAddress);
    await findButton("Connect Zoom");
    session = buildVisit({ id: "cs_2", user: { id: "usr_2", name: "Grace Hopper", email: null } });
    window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    await expectShown("Another link was opened in this browser");
    expect(document.body.textContent).not.toMatch(/Ada|Grace/);
  });

  it("the other tabs hear that a link is opened before the API does", async () => {
    history.replaceState(null, "", "/connect");
    const heard: string[] = [];
    const stopListening = listenToTabs((message) => heard.push(message));
    const atOpening: string[][] = [];
    fakeVisit(
      {},
      {
        "/api/v1/connect/open": async () => {
          await eventually(() => expect(heard).toHaveLength(1));
          atOpening.push([...heard]);
          return opened();
        },
      },
    );
    openPage(linkAddress);
    await findButton("Connect Zoom");
    stopListening();
    expect(atOpening).toEqual([["signed-in"]]);
  });

  it("a visit that the browser shows again goes on, and its token is not sent again", async () => {
    const calls = fakeVisit();
    openPage(linkAddress);
    await findButton("Connect Zoom");
    window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    await eventually(() => expect(listPaths(calls).filter((path) => path === "connectSession.get")).toHaveLength(2));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await findButton("Connect Zoom");
    expect(calls.filter(({ path }) => path === "/api/v1/connect/open")).toHaveLength(1);
  });

  it("a visit hears nothing of the tabs of the signed-in user", async () => {
    fakeVisit();
    openPage(linkAddress);
    await findButton("Connect Zoom");
    history.replaceState(null, "", "/integrations");
    notifyTabs("signed-in");
    notifyTabs("signed-out");
    history.replaceState(null, "", "/connect");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(listCards()).toHaveLength(3);
  });
});

describe("going straight on", () => {
  const redirects = { "connect.begin": () => ({ type: "redirect", to: "https://zoom.example/authorize" }) };
  const begins = (calls: Call[]) => calls.filter(({ path }) => path === "connect.begin").map(({ input }) => input);

  it("a link that names a provider goes to it, once", async () => {
    const calls = fakeVisit({}, redirects);
    const left = openPage(`/connect?provider=zoom#${token}`);
    await eventually(() => expect(left).toEqual(["https://zoom.example/authorize"]));
    expect(location.href).toMatch(/\/connect$/);
    expect(begins(calls)).toEqual([{ provider: "zoom" }]);
  });

  it.each(["calendly", "evil", "__proto__"])("a link that names %s stays on the page", async (provider) => {
    const calls = fakeVisit({}, redirects);
    openPage(`/connect?provider=${provider}#${token}`);
    await findButton("Connect Zoom");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(begins(calls)).toEqual([]);
  });

  it("an address without a link goes to no provider by itself", async () => {
    const calls = fakeVisit({}, redirects);
    openPage("/connect?provider=zoom");
    await findButton("Connect Zoom");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(begins(calls)).toEqual([]);
  });

  it("a link that names a provider with fields asks for them first", async () => {
    const calls = fakeVisit({}, redirects);
    openPage(`/connect?provider=shopify#${token}`);
    await eventually(() => expect(document.activeElement?.getAttribute("name")).toBe("shop"));
    expect(begins(calls)).toEqual([]);
  });

  it("a link that names a provider with a dialog opens it", async () => {
    const calls = fakeVisit({}, { "connect.begin": () => new Promise(() => undefined) });
    openPage(`/connect?provider=telegram#${token}`);
    await eventually(() => expect(document.querySelector("[role=dialog] h2")?.textContent).toBe("Connect Telegram"));
    await eventually(() => expect(begins(calls)).toEqual([{ provider: "telegram" }]));
  });

  it("a link to reconnect an account shows that account first, and goes to reconnect it", async () => {
    const accounts = [
      buildAccount({ id: 1, label: "Jonas" }),
      buildAccount({ id: 2, label: "Priya", status: "needs_reconnect" }),
    ];
    const calls = fakeVisit({ connection: 2 }, { ...redirects, "connections.list": () => accounts });
    const left = openPage(linkAddress);
    await eventually(() => expect(left).toHaveLength(1));
    expect(begins(calls)).toMatchObject([{ provider: "zoom", reconnectConnectionId: 2 }]);
    expect(listCards()[0]).toBe("Zoom");
    expect(document.querySelector(".account-name bdi")?.textContent).toBe("Priya");
  });

  it("a reload of a link to reconnect an account stays on the page", async () => {
    const accounts = [buildAccount({ id: 2, status: "needs_reconnect" })];
    const calls = fakeVisit({ connection: 2 }, { ...redirects, "connections.list": () => accounts });
    openPage("/connect");
    await findButton("Reconnect Ada Lovelace");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(begins(calls)).toEqual([]);
  });
});

describe("a return with a failure", () => {
  it.each([
    ["access_denied", "You chose not to give access, so Zoom is not connected."],
    ["unauthenticated", "This return from Zoom belongs to an earlier visit. Connect it again."],
  ])("a return with %s says on the card why it failed", async (code, text) => {
    fakeVisit();
    openPage(`/connect?error=${code}&provider=zoom`);
    await expectShown(text);
    await eventually(() => expect(document.activeElement?.id).toBe("card-zoom"));
    expect(location.href).toMatch(/\/connect$/);
  });
});

describe("a link without a way back", () => {
  const redirects = { "connect.begin": () => ({ type: "redirect", to: "https://zoom.example/authorize" }) };
  const findQuestion = () => document.querySelector("[role=alertdialog]");

  it("a link without a way back asks before it goes to the provider", async () => {
    const calls = fakeVisit({ returnUrl: null }, redirects);
    const left = openPage(linkAddress);
    await pressButton("Connect Zoom");
    await eventually(() =>
      expect(findQuestion()?.textContent).toContain(
        "You are giving Acme access to your Zoom account, for Ada Lovelace (ada@acme.example). If a stranger sent you this link, close this page.",
      ),
    );
    expect(listPaths(calls)).not.toContain("connect.begin");
    await pressButton("Cancel");
    await eventually(() => expect(document.activeElement?.id).toBe("card-zoom"));
    expect(listPaths(calls)).not.toContain("connect.begin");
    await pressButton("Connect Zoom");
    await pressButton("Continue to Zoom");
    await eventually(() => expect(left).toEqual(["https://zoom.example/authorize"]));
  });

  it("a link without a way back that names a provider asks, too", async () => {
    const calls = fakeVisit({ returnUrl: null }, redirects);
    openPage(`/connect?provider=zoom#${token}`);
    await eventually(() => expect(findQuestion()).not.toBeNull());
    expect(listPaths(calls)).not.toContain("connect.begin");
  });

  it("a return without a way back is finished here, and waits until the product accepts it", async () => {
    const waiting = buildAccount({ status: "pending" });
    const calls = fakeVisit(
      { returnUrl: null },
      { "connect.finish": () => waiting, "connections.list": () => [waiting] },
    );
    openPage("/connect?provider=zoom&zoom_code=t");
    await expectSpoken("Zoom waits to be accepted: ada@example.com");
    await expectShown("Waiting for Acme to accept.");
    expect(calls.filter(({ path }) => path === "connect.finish")).toMatchObject([
      { input: { provider: "zoom", ticket: "t" }, session: "connect" },
    ]);
    expect(document.querySelector("#card-zoom")?.textContent).not.toMatch(/Reconnect|Working/);
    expect(document.querySelector(".summary")?.textContent).toBe("1 account1 waiting");
  });
});

describe("a login that the product takes over", () => {
  const to = "https://app.acme.example/settings?connect_session=cs_1&connect_code=c&provider=telegram";

  afterEach(() => {
    vi.useRealTimers();
  });

  it("a login that is finished in the dialog takes the user back to the product", async () => {
    fakeVisit({}, { "connect.begin": () => ({ type: "return", to }) });
    const left = openPage(linkAddress);
    await pressButton("Connect Telegram");
    await eventually(() => expect(left).toEqual([to]));
    await eventually(() =>
      expect(document.querySelector("[role=dialog]")?.textContent).toContain(
        "Your Telegram account is ready. Taking you back to Acme…",
      ),
    );
    expect(document.querySelector("[role=dialog] a")?.getAttribute("href")).toBe(to);
  });
});

describe("receipts", () => {
  it("the receipts of one session are not shown to the next", async () => {
    const receipt = [{ id: 7, provider: "zoom", tone: "act", message: { text: "Zoom disconnected: Ada." } }];
    sessionStorage.setItem("cs_1", JSON.stringify(receipt));
    sessionStorage.setItem(
      "receipts",
      JSON.stringify([{ ...receipt[0], message: { text: "Of the signed-in user." } }]),
    );
    fakeVisit({ id: "cs_2" });
    openPage(linkAddress);
    await findButton("Connect Zoom");
    expect(document.body.textContent).not.toMatch(/Zoom disconnected|Of the signed-in user/);
  });
});
