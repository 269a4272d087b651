import { expect, test } from "vitest";
import { createWorkQueue } from "./work-queue.ts";

test("so many work at once, so many wait, and who comes after that is refused until there is room", async () => {
  const turn = createWorkQueue({ concurrency: 2, maxWaiting: 1 });
  const ends: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => ends.push(resolve));
  const taken = [turn(work), turn(work), turn(work)];
  expect(ends).toHaveLength(2);
  await expect(turn(work)).rejects.toMatchObject({ code: "too_many_requests", retryAfter: 5 });
  ends[0]?.();
  await taken[0];
  expect(ends).toHaveLength(3);
  const another = turn(work);
  for (const end of ends) end();
  await Promise.all(taken);
  ends[3]?.();
  await another;
});

test("a work that fails gives its turn to the next", async () => {
  const turn = createWorkQueue({ concurrency: 1, maxWaiting: 1 });
  const failing = turn(() => Promise.reject(new Error("no")));
  const next = turn(async () => "done");
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("done");
});
