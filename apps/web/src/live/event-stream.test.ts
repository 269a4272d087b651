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

const last = (): Stream | undefined => streams.at(-1);
const standing = (): number => streams.filter(({ closed }) => !closed).length;

const stops: (() => void)[] = [];

/** Keeps a wire on which every pause is as long as it can be. */
function keep(): () => void {
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

describe("the stream of news", () => {
  it("tells when it stands, for something may have been missed, and for every change", () => {
    keep();
    last()?.live();
    expect(heard).toEqual([]);
    last()?.tell({ type: "open" });
    last()?.tell({ type: "changed" });
    expect(heard).toEqual(["changed", "changed"]);
  });

  it("is tried again after longer and longer pauses, of at most 30 s", () => {
    keep();
    const pauses = Array.from({ length: 8 }, () => {
      const opened = streams.length;
      last()?.fail();
      const start = Date.now();
      while (streams.length === opened) vi.advanceTimersByTime(250);
      return Math.round((Date.now() - start) / 1000);
    });
    expect(pauses).toEqual([2, 4, 8, 16, 30, 30, 30, 30]);
    expect(standing()).toBe(1);
  });

  it("is quick again after it stood for a while", () => {
    keep();
    for (let tries = 0; tries < 6; tries += 1) {
      last()?.fail();
      vi.advanceTimersByTime(30_000);
    }
    last()?.live();
    for (let pings = 0; pings < 3; pings += 1) {
      vi.advanceTimersByTime(15_000);
      last()?.ping();
    }
    const opened = streams.length;
    last()?.fail();
    vi.advanceTimersByTime(2_000);
    expect(streams).toHaveLength(opened + 1);
  });

  it.each<WakeReason>(["seen", "online"])("is tried at once when the page is %s again", (why) => {
    keep();
    last()?.fail();
    wake(why);
    expect(streams).toHaveLength(2);
    vi.advanceTimersByTime(60_000 - 16_000);
    expect(standing()).toBe(1);
  });

  it("is left alone where it stands when somebody looks, and renewed when the network is another", () => {
    keep();
    last()?.live();
    wake("seen");
    expect(streams).toHaveLength(1);
    wake("online");
    expect(streams.map(({ closed }) => closed)).toEqual([true, false]);
  });

  it("is given up where nothing is heard for long", () => {
    keep();
    last()?.live();
    vi.advanceTimersByTime(40_000);
    last()?.ping();
    vi.advanceTimersByTime(44_000);
    expect(streams).toHaveLength(1);
    vi.advanceTimersByTime(3_000);
    expect(streams).toHaveLength(2);
    expect(streams[0]?.closed).toBe(true);
  });

  it("is over with the session, and is not tried again", () => {
    keep();
    last()?.end({ failure: "unauthenticated" });
    expect(heard).toEqual(["signed out"]);
    wake("online");
    vi.advanceTimersByTime(120_000);
    expect(streams).toHaveLength(1);
    expect(standing()).toBe(0);
  });

  it("waits as long as the API asks it to", () => {
    keep();
    last()?.end({ failure: "too_many_requests", retryAfter: 60 });
    vi.advanceTimersByTime(59_000);
    expect(streams).toHaveLength(1);
    vi.advanceTimersByTime(1_000);
    expect(streams).toHaveLength(2);
  });

  it("ends for good when it is wanted no more", () => {
    const stop = keep();
    last()?.fail();
    stop();
    wake("online");
    vi.advanceTimersByTime(120_000);
    expect(standing()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a stream that a proxy holds back", () => {
  it("is noticed after 5 s, and the list is looked at every 10 s instead", () => {
    const stop = keep();
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

  it("is believed again as soon as something comes through", () => {
    keep();
    vi.advanceTimersByTime(6_000);
    last()?.live();
    heard.length = 0;
    for (let pings = 0; pings < 4; pings += 1) {
      vi.advanceTimersByTime(15_000);
      last()?.ping();
    }
    expect(heard).toEqual([]);
  });

  it("is noticed also where its first word came, and the pings do not", () => {
    keep();
    last()?.live();
    vi.advanceTimersByTime(20_100);
    expect(heard).toEqual(["changed"]);
  });

  it("is looked past while it is tried again and again", () => {
    keep();
    for (let tries = 0; tries < 10; tries += 1) {
      last()?.fail();
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

  it("is told of by the one stream, which is opened anew for it and once more without it", () => {
    keep();
    const unwatch = watchAttempt("a", handlers);
    vi.advanceTimersByTime(100);
    expect(standing()).toBe(1);
    expect(last()?.url).toBe(`/api/trpc/connections.watch?input=${encodeURIComponent('{"attempts":["a"]}')}`);
    last()?.live();
    last()?.tell({ type: "step", attempt: "a", step });
    last()?.tell({ type: "step", attempt: "b", step });
    expect(told).toEqual([true, step]);
    expect(heard).toEqual([]);
    unwatch();
    vi.advanceTimersByTime(100);
    expect(standing()).toBe(1);
    expect(last()?.url).toBe("/api/trpc/connections.watch");
  });

  it("hears when nothing comes for now: the stream fails, or is held back", () => {
    keep();
    const unwatch = watchAttempt("a", handlers);
    vi.advanceTimersByTime(100);
    last()?.live();
    vi.advanceTimersByTime(20_100);
    expect(told).toEqual([true, false]);
    last()?.ping();
    last()?.fail();
    expect(told).toEqual([true, false, true, false]);
    unwatch();
  });

  it("hears that no more will be told, and then nothing of the stream", () => {
    keep();
    const unwatch = watchAttempt("a", handlers);
    vi.advanceTimersByTime(100);
    last()?.live();
    last()?.tell({ type: "over", attempt: "a" });
    vi.advanceTimersByTime(20_100);
    last()?.ping();
    expect(told).toEqual([true, false]);
    unwatch();
  });
});

it("pauses are another for every browser", () => {
  expect(retryDelayMs(0, 0)).toBe(250);
  expect(retryDelayMs(3, 0.5)).toBe(4_125);
  expect(retryDelayMs(20, 1)).toBe(30_000);
});
