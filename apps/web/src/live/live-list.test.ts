import { beforeEach, describe, expect, it } from "vitest";
import type { Connection } from "@patchbay/api/router";
import { buildAccount, type Call, buildCard, fakeApi, Refused } from "../../test/api.ts";
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
import { fakeStreams, type Stream } from "../../test/streams.ts";
import "../dialogs.ts";
import "./live-list.ts";

guardPage();

const phone = { name: "phone", label: "Phone number", input: "tel", autocomplete: "tel" } as const;
const telegram = buildCard("telegram", { methods: ["ask"], fields: [phone] });
const telegramAccount = buildAccount({ id: 9, provider: "telegram", label: "Ada", email: null });
const revoked = { status: "revoked", reason: "removed_at_provider" } as const;
const warningText =
  "Zoom stopped working: Ada Lovelace. The app was removed at Zoom. It cannot be used until you reconnect it.";

let streams: Stream[];
beforeEach(() => {
  streams = fakeStreams("connections.watch");
});

/** Presses the button of a message. It has the same name as the button on the card. */
const pressReconnect = async (name: string): Promise<void> =>
  eventually(() => {
    const found = document.querySelector<HTMLButtonElement>(".toast .button");
    expect(found?.getAttribute("aria-label")).toBe(name);
    expect(found?.textContent).toBe("Reconnect");
    found?.click();
  });
const listToasts = (): string[] => [...document.querySelectorAll(".toast")].map(({ textContent }) => textContent ?? "");

/** Opens the page over a list that the test can change, and waits until its stream is open. */
async function openWithList(list: { now: Connection[] }, answers: Parameters<typeof fakeApi>[0] = {}): Promise<Call[]> {
  const calls = fakeApi({ "connections.list": () => list.now, ...answers });
  openPage("/integrations");
  await eventually(() => expect(streams.at(-1)?.closed).toBe(false));
  streams.at(-1)?.live();
  return calls;
}

const tellChange = (): void => streams.at(-1)?.tell({ type: "changed" });

describe("a change elsewhere", () => {
  it("a change elsewhere is shown and announced once, and the focus stays", async () => {
    const list = { now: [buildAccount()] };
    await openWithList(list);
    (await findButton("Details of Ada Lovelace")).focus();
    list.now = [buildAccount(revoked)];
    tellChange();
    await expectSpoken(warningText);
    await expectShown("Access withdrawn");
    expect(listToasts()).toEqual([`${warningText}Reconnect`]);
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Details of Ada Lovelace");
    expect(document.querySelector(".account-details")).toBeNull();
  });

  it("a change elsewhere that removes the focused button focuses the card", async () => {
    const list = { now: [buildAccount(revoked)] };
    await openWithList(list);
    (await findButton("Reconnect Ada Lovelace")).focus();
    list.now = [buildAccount()];
    tellChange();
    await expectSpoken("Zoom works again: Ada Lovelace.");
    await eventually(() => expect(document.activeElement?.id).toBe("card-zoom"));
  });

  it("a broken account can be reconnected from its message, with the values that are known", async () => {
    const shopAccount = buildAccount({ provider: "shopify", label: "Acme", details: { shop: "acme.myshopify.com" } });
    const list = { now: [shopAccount] };
    const calls = await openWithList(list, {
      "connect.begin": () => ({ type: "redirect", to: "https://acme.myshopify.com/authorize" }),
    });
    list.now = [{ ...shopAccount, ...revoked }];
    tellChange();
    await pressReconnect("Reconnect Acme");
    await eventually(() =>
      expect(calls.at(-1)?.input).toEqual({
        provider: "shopify",
        reconnectConnectionId: 7,
        values: { shop: "acme.myshopify.com" },
      }),
    );
    await eventually(() => expect(listToasts()).toEqual([]));
    await eventually(() => expect(sessionStorage.getItem("reconnects")).toBe("7"));
  });

  it.each<[string, boolean, string]>([
    ["account_paused", true, "Ada Lovelace is paused at Zoom. It works again when it is reopened there."],
    ["provider_not_configured", false, "Zoom is not set up here as it was. This account works again when it is."],
    ["provider_not_configured", true, "Zoom is not set up here as it was. This account works again when it is."],
  ])("a message offers no reconnect where that does not help: %s (configured: %s)", async (reason, configured, why) => {
    const list = { now: [buildAccount()] };
    await openWithList(list, { "providers.list": () => [buildCard("zoom", { configured })] });
    list.now = [buildAccount({ status: "needs_reconnect", reason })];
    tellChange();
    await eventually(() => expect(listToasts()[0]).toContain("Zoom stopped working: Ada Lovelace."));
    expect(listToasts()[0]).toContain(why);
    expect(document.querySelector(".toast .button")).toBeNull();
  });

  it.each<[string, Connection[]]>([
    ["works again", [buildAccount()]],
    ["is being disconnected", [buildAccount({ status: "disconnecting" })]],
    ["is gone", []],
  ])("a warning goes when the account %s", async (_, later) => {
    const other = buildAccount({ ...revoked, id: 8, label: "Grace Hopper", email: null });
    const list = { now: [buildAccount(), { ...other, status: "active", reason: null } as Connection] };
    await openWithList(list);
    list.now = [buildAccount(revoked), other];
    tellChange();
    await eventually(() => expect(listToasts()).toHaveLength(2));
    list.now = [...later, other];
    tellChange();
    await eventually(() => expect(listToasts()).toEqual([expect.stringContaining("Grace Hopper")]));
  });

  it("a warning goes when this page reconnects the account", async () => {
    const list = { now: [telegramAccount] };
    await openWithList(list, {
      "providers.list": () => [telegram],
      "connect.begin": () => {
        list.now = [telegramAccount];
        return { type: "connected", connection: telegramAccount };
      },
    });
    list.now = [{ ...telegramAccount, ...revoked }];
    tellChange();
    await eventually(() => expect(listToasts()).toHaveLength(1));
    await pressButton("Reconnect Ada");
    await typeInto("Phone number", "+49 151 1");
    await pressButton("Continue");
    await expectSpoken("Telegram connected: Ada");
    await eventually(() => expect(listToasts()).toEqual(["Telegram connected: Ada"]));
  });

  it("a broken account can be reconnected from its message while the dialog is open for another account", async () => {
    const list = { now: [telegramAccount] };
    const calls = await openWithList(list, {
      "providers.list": () => [telegram],
      "connect.begin": () => new Promise(() => undefined),
    });
    await pressButton("Connect another Telegram account");
    await typeInto("Phone number", "+1 202 555 0101");
    list.now = [{ ...telegramAccount, ...revoked }];
    tellChange();
    await pressReconnect("Reconnect Ada");
    await eventually(() => expect(document.querySelector("[role=dialog] h2")?.textContent).toBe("Reconnect Telegram"));
    // The end of the first dialog must not close the second one.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(document.querySelectorAll("[role=dialog]")).toHaveLength(1);
    expect((await findField("Phone number")).value).toBe("");
    await eventually(() => expect(document.activeElement?.closest("[role=dialog]")).not.toBeNull());
    await typeInto("Phone number", "+49 151 1");
    await pressButton("Continue");
    await eventually(() =>
      expect(calls.at(-1)?.input).toEqual({
        provider: "telegram",
        reconnectConnectionId: 9,
        values: { phone: "+491511" },
      }),
    );
  });

  it("the details of an account that is being disconnected are folded", async () => {
    const list = { now: [buildAccount()] };
    await openWithList(list);
    await pressButton("Details of Ada Lovelace");
    await expectShown("Last used");
    list.now = [buildAccount({ status: "disconnecting" })];
    tellChange();
    await expectShown("Our access at Zoom is being given back.");
    expect(document.querySelector(".account-details")).toBeNull();
  });

  it("a change that breaks nothing is announced without a visible message", async () => {
    const list: { now: Connection[] } = { now: [] };
    await openWithList(list);
    list.now = [buildAccount()];
    tellChange();
    await expectSpoken("Zoom connected: ada@example.com");
    expect(listToasts()).toEqual([]);
  });
});

it("an account that this page disconnects is announced by its receipt alone", async () => {
  const list = { now: [buildAccount()] };
  let answer: (value: unknown) => void = () => undefined;
  await openWithList(list, { "connections.disconnect": () => new Promise((resolve) => (answer = resolve)) });
  await pressButton("Disconnect Ada Lovelace");
  await pressButton("Disconnect");
  list.now = [];
  tellChange();
  await findButton("Connect Zoom");
  await expectSpoken("Disconnecting…");
  answer({ id: 7, provider: "zoom", label: "Ada Lovelace", revocations: [{ outcome: "revoked" }] });
  await expectSpoken("Zoom disconnected: Ada Lovelace. Our access was withdrawn at Zoom.");
});

it("an account that a return connects is announced by the return alone", async () => {
  let answer: (value: unknown) => void = () => undefined;
  const list: { now: Connection[] } = { now: [] };
  history.replaceState(null, "", "/integrations");
  fakeApi({
    "connections.list": () => list.now,
    "connect.finish": () => new Promise((resolve) => (answer = resolve)),
  });
  openPage("/integrations?provider=zoom&zoom_code=t");
  await eventually(() => expect(streams.at(-1)?.closed).toBe(false));
  list.now = [buildAccount()];
  tellChange();
  await findButton("Disconnect Ada Lovelace");
  await expectSpoken("Connecting your Zoom account…");
  answer(buildAccount());
  await expectSpoken("Zoom connected: ada@example.com");
  expect(listToasts()).toHaveLength(1);
});

it("the end of a session takes the page to sign-in, and closes the stream", async () => {
  let user: unknown = { email: "ada@example.com", name: "Ada" };
  const list = { now: [buildAccount()] };
  await openWithList(list, {
    "session.get": () => ({ user, signUp: "open" }),
    "connections.list": () => {
      if (!user) throw new Refused("unauthenticated");
      return list.now;
    },
  });
  user = null;
  streams.at(-1)?.end({ failure: "unauthenticated" });
  await eventually(() => expect(location.pathname).toBe("/sign-in"));
  await expectShown("Your session ended, so you are signed out. Sign in again to go on.");
  await expectSpoken("Your session ended, so you are signed out. Sign in again to go on.");
  await eventually(() => expect(streams.every(({ closed }) => closed)).toBe(true));
});

it("a message about an account goes when the account goes", async () => {
  const list = { now: [buildAccount()] };
  fakeApi({ "connections.list": () => list.now, "connect.finish": () => buildAccount() });
  openPage("/integrations?provider=zoom&zoom_code=t");
  await eventually(() => expect(listToasts()).toEqual(["Zoom connected: ada@example.com"]));
  await eventually(() => expect(streams.at(-1)?.closed).toBe(false));
  list.now = [];
  tellChange();
  await eventually(() => expect(listToasts()).toEqual([]));
});

describe("another account than the expected one", () => {
  const mismatch = {
    "connections.list": () => [buildAccount(revoked)],
    "connect.finish": () => {
      throw Refused.as("account_mismatch", { label: "Jonas Weber", connected: true });
    },
    "connect.begin": () => new Promise(() => undefined),
  };

  it.each([
    ["Reconnect", { provider: "zoom", reconnectConnectionId: 7, values: {} }],
    ["Connect it as another account", { provider: "zoom" }],
  ])('a mismatch names the expected account, and "%s" goes on', async (name, input) => {
    sessionStorage.setItem("reconnects", "7");
    const calls = fakeApi(mismatch);
    openPage("/integrations?provider=zoom&zoom_code=t");
    await expectSpoken(
      "You signed in to Zoom as Jonas Weber. That account is connected and still works. Ada Lovelace was not reconnected.",
    );
    await pressButton(name);
    await eventually(() => expect(calls.findLast(({ path }) => path === "connect.begin")?.input).toEqual(input));
  });

  it("a mismatch is described in general words when the expected account is not known", async () => {
    sessionStorage.removeItem("reconnects");
    const finish = () => {
      throw new Refused("account_mismatch");
    };
    fakeApi({ ...mismatch, "connect.finish": finish, "providers.list": () => [buildCard("zoom")] });
    openPage("/integrations?provider=zoom&zoom_code=t");
    await eventually(() =>
      expect(getSpoken()).toBe(
        "That was a different Zoom account than the one you wanted to reconnect. Reconnect with the same account, or connect the other one as well.",
      ),
    );
  });
});
