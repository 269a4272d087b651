import { expect, test } from "vitest";
import { createRateLimiter } from "./rate-limiter.ts";

test("lets each name have its calls a minute, tells how long to wait, and begins anew", () => {
  let now = 5_000;
  const take = createRateLimiter(2, () => now);
  expect([take("a"), take("a"), take("a")]).toEqual([undefined, undefined, 60]);
  now += 59_500;
  expect([take("a"), take("b")]).toEqual([1, undefined]);
  now += 500;
  expect(take("a")).toBeUndefined();
});
