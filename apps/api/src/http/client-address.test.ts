import { expect, test } from "vitest";
import { listForwarded } from "./client-address.ts";

test.each([
  ["203.0.113.7:50123", "203.0.113.7"],
  ["[2001:db8::7]:50123", "2001:db8::7"],
  ["[2001:db8::7]", "2001:db8::7"],
  ['"[2001:db8::7]:50123"', "2001:db8::7"],
  ['"203.0.113.7"', "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["[::FFFF:203.0.113.7]:80", "203.0.113.7"],
  [" 203.0.113.7:1 ,10.0.0.1:2", "203.0.113.7, 10.0.0.1"],
  ["203.0.113.7", "203.0.113.7"],
  ["2001:db8::7", "2001:db8::7"],
])("of %j the addresses are %s", (header, addresses) => {
  expect(listForwarded(header).join(", ")).toBe(addresses);
});

test.each(["unknown", "_hidden", "", "203.0.113.7.", "203.0.113.7:port", "203.0.113.256", "[203.0.113.7]x", '"', "[]"])(
  "%j is no address, and keeps its place",
  (text) => {
    expect(listForwarded(`198.51.100.1, ${text}`)).toEqual(["198.51.100.1", "unknown"]);
  },
);

test("a long header is read in no time", () => {
  for (const part of ["[", '"', ":", "1.", ",", "[:", '""']) {
    const header = part.repeat(65_536 / part.length);
    const began = performance.now();
    listForwarded(header);
    expect([part, performance.now() - began < 500]).toEqual([part, true]);
  }
});
