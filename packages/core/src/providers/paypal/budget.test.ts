import { expect, test } from "vitest";
import { createBudget } from "./budget.ts";

/** Numbers that look like chance, the same ones each time (Park and Miller). */
function chance(): () => number {
  let seed = 42;
  return () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const allowance = { burst: 10, perMinute: 30 };

test("what is left is spent at once, and grows again", () => {
  const spend = createBudget(allowance, chance());
  const spent = (now: number) => Array.from({ length: 200 }, () => spend(now)).filter(Boolean).length;
  expect(spent(0)).toBe(10);
  expect(spent(4_000)).toBe(2);
  expect(spent(600_000)).toBe(10);
  expect(spent(0)).toBe(0);
});

test.each([100, 120, 600, 3_000])(
  "93. under a flood of %i a minute, however regular, so many are let through, and others come through among them",
  (perMinute) => {
    const spend = createBudget(allowance, chance());
    let [flood, others] = [0, 0];
    const minutes = 300;
    const every = 60_000 / perMinute;
    for (let nth = 0; nth < minutes * perMinute; nth += 1) {
      if (spend(nth * every)) flood += 1;
      // Another, once a minute, halfway between two of the flood.
      if (nth % perMinute === 0 && spend((nth + 0.5) * every)) others += 1;
    }
    expect(flood + others).toBeLessThanOrEqual(10 + minutes * 30);
    expect(others).toBeGreaterThan((minutes * 30) / perMinute / 2);
  },
);
