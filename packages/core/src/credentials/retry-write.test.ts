import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { retryWrite, awaitWrite } from "./retry-write.ts";

test("a write is tried until it is done", async () => {
  let tries = 0;
  const write = async () => {
    tries += 1;
    if (tries < 4) throw new Error("no database");
    return "stored";
  };
  const stored = retryWrite(write);
  // It keeps no process alive by itself.
  await sleep(600);
  expect(await stored).toBe("stored");
  expect(tries).toBe(4);
});

test("who waits for a write is let go after a while, and the write goes on", async () => {
  const left: Promise<unknown>[] = [];
  const write = sleep(200, "stored");
  const waiting = awaitWrite(write, (work) => void left.push(work), 50);
  await expect(waiting).rejects.toMatchObject({ code: "provider_unavailable", retryAfter: 5 });
  expect(left).toEqual([write]);
  expect(await left[0]).toBe("stored");
});

test("a write that is done in time, or fails, is nobody else's business", async () => {
  const left: Promise<unknown>[] = [];
  const leave = (work: Promise<unknown>) => void left.push(work);
  expect(await awaitWrite(Promise.resolve(1), leave, 50)).toBe(1);
  await expect(awaitWrite(Promise.reject(new Error("no")), leave, 50)).rejects.toThrow("no");
  await sleep(100);
  expect(left).toEqual([]);
});
