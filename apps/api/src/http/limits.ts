import { ConnectError } from "@patchbay/core/errors";
import type { RequestHandler } from "express";
import type { GetClientAddress } from "./client-address.ts";
import { createRateLimiter } from "./rate-limiter.ts";

/** How often an address may try a password, a minute. Guessing is what it slows down. */
export function limitSignIn(getClientAddress: GetClientAddress, perMinute = 60): RequestHandler {
  const tries = createRateLimiter(perMinute);
  return (request, _response, next) => {
    const retryAfter = tries(addressKey(getClientAddress(request)));
    if (retryAfter !== undefined) throw new ConnectError("too_many_requests", "sign-in limit", { retryAfter });
    next();
  };
}

/** Who an address counts as. An IPv6 user may have a whole /56 of addresses: what providers give a home. */
export function addressKey(ip: string): string {
  const compressed = compressIpv6(ip);
  if (compressed === undefined || compressed.startsWith("::ffff:")) return compressed ?? ip;
  const [first, second, third, fourth = ""] = expandGroups(compressed);
  return [first, second, third, (Number.parseInt(fourth, 16) & 0xff00).toString(16)].join(":");
}

/** An IPv6 address in its one shortest form (RFC 5952), in which an IPv4 one at its end is hexadecimal as well. */
function compressIpv6(ip: string): string | undefined {
  if (!ip.includes(":")) return undefined;
  const [address = ""] = ip.split("%");
  return URL.parse(`http://[${address}]`)?.hostname.slice(1, -1);
}

/** Its eight groups: `::` stands for as many zeros as are missing. */
function expandGroups(compressed: string): string[] {
  const [before = [], after = []] = compressed
    .split("::")
    .map((half) => half.split(":").filter((group) => group !== ""));
  return [...before, ...Array<string>(8 - before.length - after.length).fill("0"), ...after];
}
