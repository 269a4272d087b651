import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeStreams, type Stream } from "../../test/streams.ts";
import { watchedAttempts, watchAttempt } from "./watched-attempts.ts";
import { openEventStream, retryDelayMs, type WakeReason } from "./event-stream.ts";

let streams: Stream[];
let wake: (why: WakeReason) => void;
const heard: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  streams = fakeStreams("connections.watch");
  heard.length = 0;
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const getLastStream = (): Stream | undefined => streams.at(-1);
const countOpenStreams = (): number => streams.filter(({ closed }) => !closed).length;

const stops: (() => void)[] = [];

/** Opens a stream whose pauses are as long as possible. */
function startStream(): () => void {
  const stop = openEventStream(
    {
      random: () => 1,
      attempts: watchedAttempts,
      onWake: (call) => {
        wake = call;
        return () => (wake = () => undefined);
      },
    },
    { onChange: () => heard.push("changed"), onSignedOut: () => heard.push("signed out") },
  );
  stops.push(stop);
  return stop;
}

describe("the event stream", () => {
  it("the stream reports a change when it opens, and for each change", () => {
    startStream();
    getLastStream()?.live();
    expect(heard).toEqual([]);
    getLastStream()?.tell({ type: "open" });
    getLastStream()?.tell({ type: "changed" });
    expect(heard).toEqual(["changed", "changed"]);
  });

  it("the stream is opened again after longer and longer pauses, at most 30 s", () => {
    startStream();
    const pauses = Array.from({ length: 8 }, () => {
      const opened = streams.length;
      getLastStream()?.fail();
      const start = Date.now();
      while (streams.length === opened) vi.advanceTimersByTime(250);
      return Math.round((Date.now() - start) / 1000);
    });
    expect(pauses).toEqual([2, 4, 8, 16, 30, 30, 30, 30]);
    expect(countOpenStreams()).toBe(1);
  });

  it("the stream is opened again quickly after it was open for a while", () => {
    startStream();
    for (let tries = 0; tries < 6; tries += 1) {
      getLastStream()?.fail();
      vi.advanceTimersByTime(30_000);
    }
    getLastStream()?.live();
    for (let pings = 0; pings < 3; pings += 1) {
      vi.advanceTimersByTime(15_000);
      getLastStream()?.ping();
    }
    const opened = streams.length;
    getLastStream()?.fail();
    vi.advanceTimersByTime(2_000);
    expect(streams).toHaveLength(opened + 1);
  });

  it.each<WakeReason>(["seen", "online"])("the stream is opened at once when the page is %s again", (why) => {
    startStream();
    getLastStream()?.fail();
    wake(why);
    expect(streams).toHaveLength(2);
    vi.advanceTimersByTime(60_000 - 16_000);
    expect(countOpenStreams()).toBe(1);
  });

  it("an open stream stays when the user looks at the page, and is replaced when the network is back", () => {
    startStream();
    getLastStream()?.live();
    wake("seen");
    expect(streams).toHaveLength(1);
    wake("online");
    expect(streams.map(({ closed }) => closed)).toEqual([true, false]);
  });

  it("a stream that is silent for 45 s is replaced", () => {
    startStream();
    getLastStream()?.live();
    vi.advanceTimersByTime(40_000);
    getLastStream()?.ping();
    vi.advanceTimersByTime(44_000);
    expect(streams).toHaveLength(1);
    vi.advanceTimersByTime(3_000);
    expect(streams).toHaveLength(2);
    expect(streams[0]?.closed).toBe(true);
  });

  it("the stream ends with the session, and is not opened again", () => {
    startStream();
    getLastStream()?.end({ failure: "unauthenticated" });
    expect(heard).toEqual(["signed out"]);
    wake("online");
    vi.advanceTimersByTime(120_000);
    expect(streams).toHaveLength(1);
    expect(countOpenStreams()).toBe(0);
  });

  it("the stream waits as long as the API asks", () => {
    startStream();
    getLastStream()?.end({ failure: "too_many_requests", retryAfter: 60 });
    vi.advanceTimersByTime(59_000);
    expect(streams).toHaveLength(1);
    vi.advanceTimersByTime(1_000);
    expect(streams).toHaveLength(2);
  });

  it("a stopped stream stays closed, and leaves no timer", () => {
    const stop = startStream();
    getLastStream()?.fail();
    stop();
    wake("online");
    vi.advanceTimersByTime(120_000);
    expect(countOpenStreams()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a stream that a proxy buffers", () => {
  it("a buffered stream is noticed after 5 s, and a change is reported every 10 s", () => {
    const stop = startStream();
    vi.advanceTimersByTime(4_900);
    expect(heard).toEqual([]);
    vi.advanceTimersByTime(200);
    expect(heard).toEqual(["changed"]);
    vi.advanceTimersByTime(30_000);
    expect(heard).toHaveLength(4);
    stop();
    vi.advanceTimersByTime(60_000);
    expect(heard).toHaveLength(4);
  });

  it("a buffered stream reports no change on its own after something comes through", () => {
    startStream();
    vi.advanceTimersByTime(6_000);
    getLastStream()?.live();
    heard.length = 0;
    for (let pings = 0; pings < 4; pings += 1) {
      vi.advanceTimersByTime(15_000);
      getLastStream()?.ping();
    }
    expect(heard).toEqual([]);
  });

  it("a stream whose pings do not come is noticed after 20 s", () => {
    startStream();
    getLastStream()?.live();
    vi.advanceTimersByTime(20_100);
    expect(heard).toEqual(["changed"]);
  });

  it("changes are reported while a stream fails again and again", () => {
    startStream();
    for (let tries = 0; tries < 10; tries += 1) {
      getLastStream()?.fail();
      vi.advanceTimersByTime(4_000);
    }
    expect(heard.length).toBeGreaterThanOrEqual(4);
    expect(heard.length).toBeLessThanOrEqual(5);
  });
});

describe("a dialog’s attempt", () => {
  const told: unknown[] = [];
  const handlers = { onStep: (step: unknown) => told.push(step), onLiveChange: (live: boolean) => told.push(live) };
  beforeEach(() => (told.length = 0));
  const step = { type: "scan", attempt: "a", code: "tg://login?token=x", until: "", expiresAt: "" } as const;

  it("a dialog’s attempt is added to the one stream, and removed from it", () => {
    startStream();
    const unwatch = watchAttempt("a", handlers);
    vi.advanceTimersByTime(100);
    expect(countOpenStreams()).toBe(1);
    expect(getLastStream()?.url).toBe(`/api/trpc/connections.watch?input=${encodeURIComponent('{"attempts":["a"]}')}`);
    getLastStream()?.live();
    getLastStream()?.tell({ type: "step", attempt: "a", step });
    getLastStream()?.tell({ type: "step", attempt: "b", step });
    expect(told).toEqual([true, step]);
    expect(heard).toEqual([]);
    unwatch();
    vi.advanceTimersByTime(100);
    expect(countOpenStreams()).toBe(1);
    expect(getLastStream()?.url).toBe("/api/trpc/connections.watch");
  });

  it("a dialog’s attempt is told that the stream fails or is buffered", () => {
    startStream();
    const unwatch = watchAttempt("a", handlers);
    vi.advanceTimersByTime(100);
    getLastStream()?.live();
    vi.advanceTimersByTime(20_100);
    expect(told).toEqual([true, false]);
    getLastStream()?.ping();
    getLastStream()?.fail();
    expect(told).toEqual([true, false, true, false]);
    unwatch();
  });

  it("a dialog’s attempt that is over is told nothing more", () => {
    startStream();
    const unwatch = watchAttempt("a", handlers);
    vi.advanceTimersByTime(100);
    getLastStream()?.live();
    getLastStream()?.tell({ type: "over", attempt: "a" });
    vi.advanceTimersByTime(20_100);
    getLastStream()?.ping();
    expect(told).toEqual([true, false]);
    unwatch();
  });
});

it("retryDelayMs spreads the pauses of different browsers", () => {
  expect(retryDelayMs(0, 0)).toBe(250);
  expect(retryDelayMs(3, 0.5)).toBe(4_125);
  expect(retryDelayMs(20, 1)).toBe(30_000);
});
