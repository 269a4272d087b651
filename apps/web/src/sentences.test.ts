import { describe, expect, it } from "vitest";
import { formatDuration, isFailureCode, describeFailure, failureSentences } from "./sentences.ts";

const codes = Object.keys(failureSentences).filter(isFailureCode);

describe("describeFailure", () => {
  it.each(codes)("describes %s in a whole sentence, with or without a provider’s name", (code) => {
    for (const name of ["Zoom", undefined]) expect(describeFailure({ code }, name)).toMatch(/^[A-Z].*[a-z]\.$/);
  });

  it("describes a failure without a code in general words", () => {
    expect(describeFailure({ code: null }, "Zoom")).toContain("Something went wrong");
  });

  it("says how long to wait after too_many_requests", () => {
    expect(describeFailure({ code: "too_many_requests", retryAfter: 42 })).toBe(
      "That was too often in a short time. Try again in 42 seconds.",
    );
    expect(describeFailure({ code: "too_many_requests" })).toBe(
      "That was too often in a short time. Wait a minute, then try again.",
    );
  });

  it("says once how long to wait for a provider that is unavailable", () => {
    expect(describeFailure({ code: "provider_unavailable", retryAfter: 120 }, "Zoom")).toBe(
      "Zoom cannot be reached right now. Try again in 2 minutes.",
    );
    expect(describeFailure({ code: "provider_unavailable" }, "Zoom")).toBe(
      "Zoom cannot be reached right now. Try again in a few minutes.",
    );
  });

  it.each([
    [0.2, "1 second"],
    [89, "89 seconds"],
    [100, "2 minutes"],
    [9000, "3 hours"],
  ])("formatDuration writes %d seconds as %s", (seconds, words) => {
    expect(formatDuration(seconds)).toBe(words);
  });

  it.each([
    [
      "account_mismatch",
      true,
      /^You signed in to Zoom as Jonas\. That account is connected and still works\. The account/,
    ],
    ["account_mismatch", false, /^You signed in to Zoom as Jonas\. The account you wanted was not reconnected\.$/],
    ["scope_missing", true, /as Jonas\. Some permissions were left out\. That account stays connected, with fewer/],
    ["scope_missing", false, /as Jonas\. Some permissions were left out\. It was not connected\./],
  ] as const)("names the account that the user signed in to, for %s (connected: %s)", (code, connected, words) => {
    const told = describeFailure({ code, account: { label: "Jonas", connected } }, "Zoom");
    expect(told).toMatch(words);
    expect(told).toMatch(/\.$/);
  });

  it("says how to go on when the user allowed access in the provider’s app directory", () => {
    expect(describeFailure({ code: "invalid_state", field: "state" }, "Zoom")).toBe(
      "You allowed access at Zoom, but it was not started here, so nothing is connected yet. Connect Zoom here to finish.",
    );
  });

  it("isFailureCode accepts no name of an inherited property", () => {
    expect(isFailureCode("constructor")).toBe(false);
  });
});
