import { existsSync, readFileSync } from "node:fs";

/** How many tests have passed and failed. */
export type Counts = { passed: number; failed: number };

type VitestReport = { numPassedTests: number; numFailedTests: number };
type PlaywrightReport = { stats: { expected: number; unexpected: number; flaky: number } };

/** The counts in a report of vitest or Playwright; zero if there is no report. */
export function readCounts(file: string): Counts {
  if (!existsSync(file)) return { passed: 0, failed: 0 };
  return toCounts(JSON.parse(readFileSync(file, "utf8")) as VitestReport | PlaywrightReport);
}

/** The counts of a parsed report. A test that passed at a retry has passed. */
export function toCounts(report: VitestReport | PlaywrightReport): Counts {
  if ("numPassedTests" in report) return { passed: report.numPassedTests, failed: report.numFailedTests };
  const { expected, unexpected, flaky } = report.stats;
  return { passed: expected + flaky, failed: unexpected };
}

/** The counts of a step. A step that fails without a failed test, such as the linter, counts as one failure. */
export function countStep(counts: Counts, code: number): Counts {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** The sum of several counts. */
export function addCounts(all: readonly Counts[]): Counts {
  return all.reduce((total, { passed, failed }) => ({ passed: total.passed + passed, failed: total.failed + failed }), {
    passed: 0,
    failed: 0,
  });
}
