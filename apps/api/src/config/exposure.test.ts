import { expect, test } from "vitest";
import { describeExposure } from "./exposure.ts";

const about = (host: string, publicUrl: string, trustProxy: number | string[]) =>
  describeExposure({ host, publicUrl: new URL(publicUrl), trustProxy });

test("https without a proxy that is believed is told", () => {
  expect(about("127.0.0.1", "https://connect.example.com", 0)).toEqual([expect.stringMatching(/^TRUST_PROXY is 0/)]);
});

test.each(["0.0.0.0", "::"])("a proxy that is believed at %s, where anybody may say the same, is told", (host) => {
  expect(about(host, "https://connect.example.com", 1)).toEqual([expect.stringContaining(`HOST is ${host}`)]);
});

test.each<[string, string, string, number | string[]]>([
  ["a proxy on this machine", "127.0.0.1", "https://connect.example.com", 1],
  ["proxies by their addresses", "0.0.0.0", "https://connect.example.com", ["10.0.0.0/8"]],
  ["no proxy, for this machine", "127.0.0.1", "http://localhost:3000", 0],
  ["no proxy, in a container", "0.0.0.0", "http://localhost:3000", 0],
])("%s is nothing to tell", (_what, ...place) => {
  expect(about(...place)).toEqual([]);
});
