import { expect, test } from "vitest";
import { readProxy } from "./proxy.ts";

test.each([
  ["socks5://proxy.example:1080", { ip: "proxy.example", port: 1080 }],
  ["socks5://proxy.example", { ip: "proxy.example", port: 1080 }],
  ["socks5://[::1]:9050", { ip: "::1", port: 9050 }],
  ["socks5://ada:p%40ss@proxy.example:1", { ip: "proxy.example", port: 1, username: "ada", password: "p@ss" }],
])("%s", (address, proxy) => {
  expect(readProxy(address)).toEqual(proxy);
});

test.each(["http://proxy.example:1", "proxy.example:1", "socks5://"])("%j is none", (address) => {
  expect(() => readProxy(address)).toThrow(expect.objectContaining({ code: "provider_misconfigured" }));
});
