import { expect, test } from "vitest";
import { addressKey } from "./limits.ts";

test.each([
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:0DB8:0001:0002::6", "2001:db8:1:2"],
  ["2001:db8::a:b:c:d", "2001:db8:0:0"],
  ["2001:db8::", "2001:db8:0:0"],
  ["2001:db8:1::a:b:c", "2001:db8:1:0"],
  ["::1", "0:0:0:0"],
  ["::", "0:0:0:0"],
  ["1::2:3:4:5:6:7", "1:0:2:3"],
  ["64:ff9b:1:2::192.0.2.7", "64:ff9b:1:2"],
  ["fe80::1%eth0", "fe80:0:0:0"],
])("%s counts as its /64, %s", (ip, key) => {
  expect(addressKey(ip)).toBe(key);
});

test("all that one /64 can write counts as one", () => {
  const hosts = ["2001:db8::a:b:c:d", "2001:db8::1", "2001:db8:0:0:ffff:0:0:1", "2001:db8::ffff:192.0.2.7"];
  expect(new Set(hosts.map(addressKey)).size).toBe(1);
});

test("an IPv4 address counts alone, also where it is written as an IPv6 one", () => {
  expect(addressKey("192.0.2.7")).toBe("192.0.2.7");
  expect(addressKey("::ffff:192.0.2.7")).not.toBe(addressKey("::ffff:192.0.2.8"));
  expect(addressKey("::FFFF:192.0.2.7")).toBe(addressKey("::ffff:c000:207"));
});

test("what is no address counts as it is", () => {
  expect(addressKey("")).toBe("");
  expect(addressKey("no:address")).toBe("no:address");
});
