import { expect, test } from "vitest";
import { readProxy } from "./proxy.ts";

const url = "http://ada:hush@proxy.example.com:3128";

test("92. a proxy is read as other programs read it", () => {
  expect(readProxy({})).toEqual({ wrong: [] });
  expect(readProxy({ HTTPS_PROXY: url })).toEqual({ proxy: { url }, wrong: [] });
  expect(
    readProxy({ HTTPS_PROXY: "http://other.example.com", https_proxy: url, NO_PROXY: "a", no_proxy: "b" }),
  ).toEqual({
    proxy: { url, except: "b" },
    wrong: [],
  });
  expect(readProxy({ HTTPS_PROXY: url, NO_PROXY: "a.example.com" })).toEqual({
    proxy: { url, except: "a.example.com" },
    wrong: [],
  });
});

test("92. a proxy is not read where the sandbox stands in for the providers", () => {
  expect(readProxy({ HTTPS_PROXY: "socks5://canary", SANDBOX_URL: "http://127.0.0.1:4000" })).toEqual({ wrong: [] });
});

test.each(["socks5://canary:1080", "canary:3128", "canary", "http://"])(
  "92. %s is no proxy, and not quoted",
  (wrong) => {
    for (const name of ["HTTPS_PROXY", "https_proxy"]) {
      const { wrong: lines } = readProxy({ [name]: wrong });
      expect(lines).toEqual([`${name}: must be the address of a proxy, such as http://proxy.example.com:3128`]);
    }
  },
);

test("a network with a slash, which has no effect, is refused", () => {
  for (const name of ["NO_PROXY", "no_proxy"])
    expect(readProxy({ HTTPS_PROXY: url, [name]: ".internal.example.com,10.0.0.0/8" })).toEqual({
      wrong: [expect.stringMatching(`^${name}: must be names and addresses`)],
    });
});
