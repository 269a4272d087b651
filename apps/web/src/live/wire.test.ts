import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeStreams, type Stream } from "../../test/streams.ts";
import { listen } from "../stream.ts";
import { keepWire, pauseAfter, type Waking } from "./wire.ts";

let streams: Stream[];
let wake: (why: Waking) => void;
const heard: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  streams = fakeStreams("connections.watch");
  heard.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const last = (): Stream | undefined => streams.at(-1);
const standing = (): number => streams.filter(({ closed }) => !closed).length;

/** Keeps a wire on which every pause is as long as it can be. */
const keep = (): (() => void) =>
  keepWire(
    {
      listen,
      random: () => 1,
      wakes: (call) => {
        wake = call;
        return () => (wake = () => undefined);
      },
    },
    { changed: () => heard.push("changed"), signedOut: () => heard.push("signed out") },
  );

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

  it.each<Waking>(["seen", "online"])("is tried at once when the page is %s again", (why) => {
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

it("pauses are another for every browser", () => {
  expect(pauseAfter(0, 0)).toBe(250);
  expect(pauseAfter(3, 0.5)).toBe(4_125);
  expect(pauseAfter(20, 1)).toBe(30_000);
});
