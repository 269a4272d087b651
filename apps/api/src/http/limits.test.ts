import { expect, test } from "vitest";
import { addressKey } from "./limits.ts";

test.each([
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:0"],
  ["2001:0DB8:0001:0102::6", "2001:db8:1:100"],
  ["2001:db8:1:12ff::6", "2001:db8:1:1200"],
  ["2001:db8::a:b:c:d", "2001:db8:0:0"],
  ["2001:db8::", "2001:db8:0:0"],
  ["2001:db8:1::a:b:c", "2001:db8:1:0"],
  ["::1", "0:0:0:0"],
  ["::", "0:0:0:0"],
  ["1::2:3:4:5:6:7", "1:0:2:0"],
  ["64:ff9b:1:2::192.0.2.7", "64:ff9b:1:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
])("%s counts as its /56, %s", (ip, key) => {
  expect(addressKey(ip)).toBe(key);
});

test("all that one /56 can write counts as one, and the next counts for itself", () => {
  const hosts = ["2001:db8::a:b:c:d", "2001:db8::1", "2001:db8:0:ff:ffff:0:0:1", "2001:db8:0:1::192.0.2.7"];
  expect(new Set(hosts.map(addressKey)).size).toBe(1);
  expect(addressKey("2001:db8:0:100::1")).not.toBe(addressKey("2001:db8::1"));
});

test("an IPv4 address counts alone, also where it is written as an IPv6 one", () => {
  expect(addressKey("192.0.2.7")).toBe("192.0.2.7");
  expect(addressKey("::ffff:192.0.2.7")).not.toBe(addressKey("::ffff:192.0.2.8"));
  expect(addressKey("::FFFF:192.0.2.7")).toBe(addressKey("::ffff:c000:207"));
});
