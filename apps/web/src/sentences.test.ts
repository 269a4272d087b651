import { describe, expect, it } from "vitest";
import { duration, isFailureCode, sentence, sentences } from "./sentences.ts";

const codes = Object.keys(sentences).filter(isFailureCode);

describe("a failure in words", () => {
  it.each(codes)("is a whole sentence for %s, with or without a name", (code) => {
    for (const name of ["Zoom", undefined]) expect(sentence({ code }, name)).toMatch(/^[A-Z].*[a-z]\.$/);
  });

  it("is general where the code is unknown", () => {
    expect(sentence({ code: null }, "Zoom")).toContain("Something went wrong");
  });

  it("says how long to wait", () => {
    expect(sentence({ code: "too_many_requests", retryAfter: 42 })).toBe(
      "That was too often in a short time. Try again in 42 seconds.",
    );
    expect(sentence({ code: "too_many_requests" })).toBe(
      "That was too often in a short time. Wait a minute, then try again.",
    );
  });

  it.each([
    [0.2, "1 second"],
    [89, "89 seconds"],
    [100, "2 minutes"],
    [9000, "3 hours"],
  ])("counts %d seconds as %s", (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });

  it("knows no code by the name of an inherited property", () => {
    expect(isFailureCode("constructor")).toBe(false);
  });
});
