import type { Reporter, TestCase } from "vitest/node";

// oxlint-disable-next-line import/no-default-export -- vitest loads the default export of a reporter's file.
/** Lists, after all tests, those that passed only at their second try, each with its first failure. */
export default class FlakyReporter implements Reporter {
  readonly #lines: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky !== true) return;
    const failure = test.result().errors?.[0]?.message.split("\n")[0] ?? "its failure was not recorded";
    this.#lines.push(`  ${test.project.name} ${test.module.relativeModuleId} > ${test.fullName}\n    ${failure}`);
  }

  onTestRunEnd(): void {
    if (this.#lines.length === 0) return;
    console.log(`\nPassed only at the second try (${this.#lines.length}). Find out why:\n${this.#lines.join("\n")}`);
  }
}
