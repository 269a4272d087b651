import { expect, test } from "vitest";
import { countsOf, ofStep, sum } from "./counts.ts";

test("the counts of both runners add up; a test that passed in the end has passed", () => {
  const unit = countsOf({ numPassedTests: 40, numFailedTests: 2 });
  const e2e = countsOf({ stats: { expected: 5, unexpected: 1, flaky: 1 } });
  expect(sum([unit, e2e])).toEqual({ passed: 46, failed: 3 });
});

test("a step that fails without a failed test is one failure", () => {
  expect(ofStep({ passed: 3, failed: 0 }, 1)).toEqual({ passed: 3, failed: 1 });
  expect(ofStep({ passed: 3, failed: 2 }, 1)).toEqual({ passed: 3, failed: 2 });
  expect(ofStep({ passed: 3, failed: 0 }, 0)).toEqual({ passed: 3, failed: 0 });
});
