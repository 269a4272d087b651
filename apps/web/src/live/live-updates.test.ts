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

const passMs = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** Opens a tab of the browser. `hidden`: the user sees another tab. `session`: the API still knows the session. */
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
  await passMs(0);
  streams.at(-1)?.live();
  streams.at(-1)?.tell({ type: "open" });
  await passMs(1_000);
  for (const tab of tabs) tab.asked = 0;
  return tabs;
}

const listOpenStreams = (): Stream[] => streams.filter(({ closed }) => !closed);

describe("the tabs of a browser", () => {
  it("tabs share one stream, and each asks for the list once after a change", async () => {
    const tabs = await openTabs(3);
    expect(streams).toHaveLength(1);
    streams[0]?.tell({ type: "changed" });
    await passMs(0);
    expect(tabs.map(({ asked }) => asked)).toEqual([1, 1, 1]);
  });

  it("when the tab with the stream closes, the next opens one, and each tab asks for the list once", async () => {
    const [first, ...others] = await openTabs(3);
    first?.close();
    await passMs(0);
    expect(listOpenStreams()).toHaveLength(1);
    expect(streams).toHaveLength(2);
    streams[1]?.tell({ type: "open" });
    await passMs(1_000);
    expect(others.map(({ asked }) => asked)).toEqual([1, 1]);
    expect(first?.asked).toBe(0);
  });

  it("a tab asks for the list once after a gap in the stream", async () => {
    const [tab] = await openTabs(1);
    streams[0]?.fail();
    await passMs(1_000);
    expect(streams).toHaveLength(2);
    streams[1]?.live();
    streams[1]?.tell({ type: "open" });
    await passMs(1_000);
    expect(tab?.asked).toBe(1);
  });

  it("a tab asks once more for all changes during a request", async () => {
    const [tab] = await openTabs(1);
    for (let changes = 0; changes < 100; changes += 1) streams[0]?.tell({ type: "changed" });
    await passMs(1_000);
    expect(tab?.asked).toBe(2);
  });

  it("a hidden tab asks for the list when the user looks at it", async () => {
    const tabs = await openTabs(2);
    const [front, behind] = tabs;
    if (!front || !behind) throw new Error("two tabs were opened");
    behind.hidden = true;
    streams[0]?.tell({ type: "changed" });
    await passMs(1_000);
    expect([front.asked, behind.asked]).toEqual([1, 0]);
    behind.see();
    await passMs(1_000);
    behind.see();
    await passMs(1_000);
    expect([front.asked, behind.asked]).toEqual([1, 1]);
  });

  it("all tabs close the stream when the session is over", async () => {
    const tabs = await openTabs(2);
    for (const tab of tabs) tab.session = false;
    streams[0]?.end({ failure: "unauthenticated" });
    await passMs(120_000);
    expect(listOpenStreams()).toEqual([]);
    expect(streams).toHaveLength(1);
    expect(tabs.map(({ why }) => why)).toEqual(["ended", "ended"]);
  });

  it("all tabs close the stream when the user signs out in one of them", async () => {
    const tabs = await openTabs(2);
    for (const tab of tabs) tab.session = false;
    browser.openChannel().tell("signed-out");
    await passMs(120_000);
    expect(listOpenStreams()).toEqual([]);
    expect(tabs.map(({ asked }) => asked)).toEqual([0, 0]);
    expect(tabs.map(({ why }) => why)).toEqual(["signed-out", "signed-out"]);
  });

  it("all tabs say that the user signed out when the stream ends first", async () => {
    const tabs = await openTabs(2);
    for (const tab of tabs) tab.session = false;
    streams[0]?.end({ failure: "unauthenticated" });
    await passMs(300);
    browser.openChannel().tell("signed-out");
    await passMs(120_000);
    expect(tabs.map(({ why }) => why)).toEqual(["signed-out", "signed-out"]);
  });

  it("a tab opens the stream again after a while if the session is not over", async () => {
    await openTabs(1);
    streams[0]?.end({ failure: "unauthenticated" });
    await passMs(29_000);
    expect(listOpenStreams()).toEqual([]);
    await passMs(1_500);
    expect(listOpenStreams()).toHaveLength(1);
  });

  it("a tab gives the stream away while the browser keeps the page in memory, and joins again afterwards", async () => {
    const [first, second] = await openTabs(2);
    first?.cached.hide();
    await passMs(0);
    streams[1]?.tell({ type: "open" });
    await passMs(1_000);
    expect([first?.asked, second?.asked]).toEqual([0, 1]);
    first?.cached.show();
    await passMs(1_000);
    expect([first?.asked, second?.asked]).toEqual([1, 1]);
    expect(listOpenStreams()).toHaveLength(1);
  });
});
