import { describe, expect, test } from "vitest";
import { ConnectError } from "../errors.ts";
import { NoResponseError, OutcomeUnknownError } from "../http/index.ts";
import { isOutcomeUnknown, backOffSecondsAfter } from "./failures.ts";

const down = new ConnectError("provider_unavailable", "down");

describe("the pause after a failure", () => {
  test("the pause after a failure doubles with each failure in a row, up to a quarter of an hour", () => {
    expect([0, 1, 2, 3].map((failures) => backOffSecondsAfter(down, failures, 1))).toEqual([2, 4, 8, 16]);
    expect(backOffSecondsAfter(down, 1000, 1)).toBe(900);
  });

  test("the pause after a failure is spread over its upper half, so that those who failed together do not come back together", () => {
    expect(backOffSecondsAfter(down, 3, 0)).toBe(8);
    expect(backOffSecondsAfter(down, 3, 0.5)).toBe(12);
  });

  test("the pause after a failure is never shorter than the provider asked for", () => {
    expect(backOffSecondsAfter(new ConnectError("provider_unavailable", "429", { retryAfter: 120 }), 0, 1)).toBe(120);
    expect(backOffSecondsAfter(new ConnectError("provider_unavailable", "429", { retryAfter: 1 }), 3, 1)).toBe(16);
  });

  test("the pause after a failure is a minute at least where our own registration is refused: nobody is quick to mend that", () => {
    expect(backOffSecondsAfter(new ConnectError("provider_misconfigured", "invalid_client"), 0, 1)).toBe(60);
  });
});

test("only an answer that refuses makes it clear that nothing was done", () => {
  expect(isOutcomeUnknown(new NoResponseError("host", undefined))).toBe(true);
  expect(isOutcomeUnknown(new OutcomeUnknownError("provider_unavailable", "500"))).toBe(true);
  expect(isOutcomeUnknown(new Error("a bug"))).toBe(true);
  expect(isOutcomeUnknown(down)).toBe(false);
  expect(isOutcomeUnknown(new ConnectError("provider_misconfigured", "invalid_client"))).toBe(false);
});
