import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { parseJsonBody, parseRetryAfter, assertNotTransient, tryParseJson } from "./parse-response.ts";

const now = Date.parse("2026-11-23T10:00:00Z");

describe("Retry-After", () => {
  test.each([
    [undefined, undefined],
    ["", undefined],
    ["soon", undefined],
    ["120", 120],
    ["1.5", 2],
    ["0", 1],
    ["999999999", 86_400],
    ["Mon, 23 Nov 2026 10:01:00 GMT", 60],
    ["2026-11-23T10:00:30Z", 30],
    ["2020-01-01T00:00:00Z", 1],
    ["9999-01-01T00:00:00Z", 86_400],
  ])("Retry-After %j waits %s seconds", (text, seconds) => {
    expect(parseRetryAfter(text, now)).toBe(seconds);
  });

  test("Retry-After is between a second and a day, or nothing, whatever is sent", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.date().map(String)), (text) => {
        const seconds = parseRetryAfter(text, now);
        return seconds === undefined || (Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400);
      }),
    );
  });
});

const answer = (status: number, text = "", headers: Record<string, string> = {}) => ({
  status,
  text,
  headers,
});

describe("an answer", () => {
  test.each([408, 429, 500, 502, 503, 599])("an answer of %i may pass by itself, and says when", (status) => {
    expect(() => assertNotTransient(answer(status, "", { "retry-after": "7" }), "It")).toThrow(
      expect.objectContaining({ code: "provider_unavailable", retryAfter: 7 }),
    );
  });

  test.each([200, 400, 401, 403, 404])("an answer of %i does not pass by itself", (status) => {
    expect(() => assertNotTransient(answer(status), "It")).not.toThrow();
  });

  test.each([
    "",
    "<html></html>",
    '{"access_token":"canary',
    "null",
    "[]",
    '"canary"',
    '{"token":1,"canary":"canary"}',
  ])("an answer of another shape is not quoted: %j", (text) => {
    const read = () => parseJsonBody(answer(200, text), z.object({ token: z.string() }), "It");
    expect(read).toThrow(expect.objectContaining({ code: "provider_misbehaved" }));
    expect(read).not.toThrow(/canary/);
  });

  test("an answer that is no JSON is undefined, and nothing worse", () => {
    fc.assert(fc.property(fc.string(), (text) => void tryParseJson(text)));
  });
});
