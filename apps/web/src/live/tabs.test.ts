import { beforeEach, describe, expect, it, vi } from "vitest";
import { fakeBrowser } from "../../test/browser.ts";
import type { TabMessage } from "./tab-channel.ts";
import { joinTabs, type TabDeps } from "./tabs.ts";

let browser: ReturnType<typeof fakeBrowser>;
beforeEach(() => {
  browser = fakeBrowser();
});

/** Opens a tab, with the messages that it heard and, while it leads, its way to notify the others. */
function openTab(tabs: TabDeps = browser) {
  const heard: TabMessage[] = [];
  const tab: { heard: TabMessage[]; tell: ((news: TabMessage) => void) | undefined; leave: () => void } = {
    heard,
    tell: undefined,
    leave: () => undefined,
  };
  tab.leave = joinTabs(tabs, {
    onMessage: (news) => heard.push(news),
    lead: (tell) => {
      tab.tell = tell;
      return () => (tab.tell = undefined);
    },
  });
  return tab;
}

const settled = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve));

describe("of several tabs", () => {
  it("of several tabs, one follows the stream, and each hears a message once", async () => {
    const [first, second, third] = [openTab(), openTab(), openTab()];
    await settled();
    expect([first, second, third].map(({ tell }) => tell !== undefined)).toEqual([true, false, false]);
    for (const { heard } of [first, second, third]) heard.length = 0;
    first.tell?.("changed");
    expect([first, second, third].map(({ heard }) => heard)).toEqual([["changed"], ["changed"], ["changed"]]);
  });

  it("a tab that opens later asks for the list once", async () => {
    const [first, second] = [openTab(), openTab()];
    await settled();
    expect(first.heard).toEqual([]);
    expect(second.heard).toEqual(["changed"]);
  });

  it("when the first tab leaves, the next one leads, and the first hears no more", async () => {
    const [first, second, third] = [openTab(), openTab(), openTab()];
    await settled();
    first.leave();
    await settled();
    expect([first, second, third].map(({ tell }) => tell !== undefined)).toEqual([false, true, false]);
    first.heard.length = 0;
    second.tell?.("signed-out");
    expect(first.heard).toEqual([]);
    expect(third.heard.at(-1)).toBe("signed-out");
  });

  it("a tab that leaves while it waits never leads", async () => {
    const [first, second, third] = [openTab(), openTab(), openTab()];
    await settled();
    second.leave();
    await settled();
    expect(browser.waiting()).toBe(1);
    first.leave();
    await settled();
    expect(second.tell).toBeUndefined();
    expect(third.tell).toBeDefined();
  });

  it("a tab hears only known messages", async () => {
    const tab = openTab();
    await settled();
    browser.openChannel().tell("evil");
    expect(tab.heard).toEqual([]);
  });
});

it.each<[string, () => TabDeps]>([
  ["locks", () => ({ ...browser, locks: undefined })],
  ["a channel", () => ({ ...browser, openChannel: undefined })],
])("without %s each tab follows a stream of its own", (_, tabs) => {
  const [first, second] = [openTab(tabs()), openTab(tabs())];
  expect(first.tell).toBeDefined();
  second.tell?.("changed");
  expect(first.heard).toEqual([]);
  expect(second.heard).toEqual(["changed"]);
  second.leave();
  expect(second.tell).toBeUndefined();
});

it("in a browser that grants no lock, a tab follows a stream of its own", async () => {
  const request = vi.fn<() => Promise<void>>(() => Promise.reject(new DOMException("no", "SecurityError")));
  const tab = openTab({ ...browser, locks: { request } });
  await settled();
  expect(tab.tell).toBeDefined();
});
