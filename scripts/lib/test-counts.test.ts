import { expect, test } from "vitest";
import { toCounts, countStep, addCounts } from "./test-counts.ts";

test("the counts of vitest and Playwright add up; a test that passed at a retry has passed", () => {
  const unit = toCounts({ numPassedTests: 40, numFailedTests: 2 });
  const e2e = toCounts({ stats: { expected: 5, unexpected: 1, flaky: 1 } });
  expect(addCounts([unit, e2e])).toEqual({ passed: 46, failed: 3 });
});

test("a step that fails without a failed test is one failure", () => {
  expect(countStep({ passed: 3, failed: 0 }, 1)).toEqual({ passed: 3, failed: 1 });
  expect(countStep({ passed: 3, failed: 2 }, 1)).toEqual({ passed: 3, failed: 2 });
  expect(countStep({ passed: 3, failed: 0 }, 0)).toEqual({ passed: 3, failed: 0 });
});
