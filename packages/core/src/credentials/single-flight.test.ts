import { expect, test } from "vitest";
import { createSingleFlight } from "./single-flight.ts";

test("who asks while the work runs gets its result, and who asks after it begins anew", async () => {
  const { run: once, isRunning } = createSingleFlight<number>();
  let runs = 0;
  const work = async () => {
    await Promise.resolve();
    runs += 1;
    return runs;
  };
  const all = Promise.all([once("a", work), once("a", work), once("b", work)]);
  expect(["a", "b", "c"].map(isRunning)).toEqual([true, true, false]);
  expect(await all).toEqual([1, 1, 2]);
  expect(isRunning("a")).toBe(false);
  expect(await once("a", work)).toBe(3);
});

test("a failure is everybody's, and the next who asks tries again", async () => {
  const { run: once } = createSingleFlight<string>();
  const failing = () => Promise.reject(new Error("no"));
  const all = await Promise.allSettled([once("a", failing), once("a", failing)]);
  expect(all.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await once("a", async () => "yes")).toBe("yes");
});
