import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeBrowser } from "../../test/browser.ts";
import { fakeStreams, type Stream } from "../../test/streams.ts";
import { watchedAttempts } from "./watched-attempts.ts";
import { startLiveUpdates, type LiveUpdatesDeps } from "./live-updates.ts";
import type { WakeReason } from "./event-stream.ts";

let streams: Stream[];
let browser: ReturnType<typeof fakeBrowser>;
beforeEach(() => {
  vi.useFakeTimers();
  streams = fakeStreams("connections.watch");
  browser = fakeBrowser();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** A tab that lives in the browser. `hidden`: behind another. `session`: whether the API still knows it. */
function openTab() {
  const wakers = new Set<(why: WakeReason) => void>();
  const cached = { hide: () => {}, show: () => {} };
  const tab = {
    asked: 0,
    hidden: false,
    session: true,
    why: "" as string,
    answer: Promise.resolve(),
    cached,
    close: () => {},
    see: () => {},
  };
  const ports: LiveUpdatesDeps = {
    tabs: browser,
    stream: {
      random: () => 0,
      attempts: watchedAttempts,
      onWake: (wake) => {
        wakers.add(wake);
        return () => void wakers.delete(wake);
      },
    },
    page: {
      isHidden: () => tab.hidden,
      onCached: (hide, show) => {
        Object.assign(cached, { hide, show });
        return () => undefined;
      },
    },
    refreshList: () => {
      tab.asked += 1;
      return tab.answer;
    },
    confirmSignedOut: async (why) => {
      tab.why = why;
      return !tab.session;
    },
  };
  tab.see = () => {
    tab.hidden = false;
    for (const wake of wakers) wake("seen");
  };
  tab.close = startLiveUpdates(ports);
  return tab;
}

async function openTabs(count: number) {
  const tabs = Array.from({ length: count }, openTab);
  await pass(0);
  streams.at(-1)?.live();
  streams.at(-1)?.tell({ type: "open" });
  await pass(1_000);
  for (const tab of tabs) tab.asked = 0;
  return tabs;
}

const standing = (): Stream[] => streams.filter(({ closed }) => !closed);

describe("the tabs of a browser", () => {
  it("share one stream, and each asks once for a change", async () => {
    const tabs = await openTabs(3);
    expect(streams).toHaveLength(1);
    streams[0]?.tell({ type: "changed" });
    await pass(0);
    expect(tabs.map(({ asked }) => asked)).toEqual([1, 1, 1]);
  });

  it("go on when the first is closed: the next opens the stream, and each asks once for what was missed", async () => {
    const [first, ...others] = await openTabs(3);
    first?.close();
    await pass(0);
    expect(standing()).toHaveLength(1);
    expect(streams).toHaveLength(2);
    streams[1]?.tell({ type: "open" });
    await pass(1_000);
    expect(others.map(({ asked }) => asked)).toEqual([1, 1]);
    expect(first?.asked).toBe(0);
  });

  it("ask once after a gap", async () => {
    const [tab] = await openTabs(1);
    streams[0]?.fail();
    await pass(1_000);
    expect(streams).toHaveLength(2);
    streams[1]?.live();
    streams[1]?.tell({ type: "open" });
    await pass(1_000);
    expect(tab?.asked).toBe(1);
  });

  it("ask once more, and no more, for all that is told while they ask", async () => {
    const [tab] = await openTabs(1);
    for (let changes = 0; changes < 100; changes += 1) streams[0]?.tell({ type: "changed" });
    await pass(1_000);
    expect(tab?.asked).toBe(2);
  });

  it("do not ask while nobody looks, and do so at once when somebody does", async () => {
    const tabs = await openTabs(2);
    const [front, behind] = tabs;
    if (!front || !behind) throw new Error("two tabs were opened");
    behind.hidden = true;
    streams[0]?.tell({ type: "changed" });
    await pass(1_000);
    expect([front.asked, behind.asked]).toEqual([1, 0]);
    behind.see();
    await pass(1_000);
    behind.see();
    await pass(1_000);
    expect([front.asked, behind.asked]).toEqual([1, 1]);
  });

  it("all close when the session is over", async () => {
    const tabs = await openTabs(2);
    for (const tab of tabs) tab.session = false;
    streams[0]?.end({ failure: "unauthenticated" });
    await pass(120_000);
    expect(standing()).toEqual([]);
    expect(streams).toHaveLength(1);
    expect(tabs.map(({ why }) => why)).toEqual(["ended", "ended"]);
  });

  it("all close when one of them signs out", async () => {
    const tabs = await openTabs(2);
    for (const tab of tabs) tab.session = false;
    browser.openChannel().tell("signed-out");
    await pass(120_000);
    expect(standing()).toEqual([]);
    expect(tabs.map(({ asked }) => asked)).toEqual([0, 0]);
    expect(tabs.map(({ why }) => why)).toEqual(["signed-out", "signed-out"]);
  });

  it("try again, but not in haste, where the session lives after all", async () => {
    await openTabs(1);
    streams[0]?.end({ failure: "unauthenticated" });
    await pass(29_000);
    expect(standing()).toEqual([]);
    await pass(1_000);
    expect(standing()).toHaveLength(1);
  });

  it("give the stream away while the browser keeps the page for later, and join again after", async () => {
    const [first, second] = await openTabs(2);
    first?.cached.hide();
    await pass(0);
    streams[1]?.tell({ type: "open" });
    await pass(1_000);
    expect([first?.asked, second?.asked]).toEqual([0, 1]);
    first?.cached.show();
    await pass(1_000);
    expect([first?.asked, second?.asked]).toEqual([1, 1]);
    expect(standing()).toHaveLength(1);
  });
});
