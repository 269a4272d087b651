import { ConnectError } from "@patchbay/core/errors";
import type { RequestHandler } from "express";
import { createWindow } from "./window.ts";

/** How often an address may try a password, a minute. Guessing is what it slows down. */
export function limitSignIn(perMinute = 60): RequestHandler {
  const tries = createWindow(perMinute);
  return (request, _response, next) => {
    const retryAfter = tries(addressKey(request.ip ?? ""));
    if (retryAfter !== undefined) throw new ConnectError("too_many_requests", "sign-in limit", { retryAfter });
    next();
  };
}

/** An IPv6 user has a whole /64 of addresses. */
export function addressKey(ip: string): string {
  return ip.includes(":") && !ip.startsWith("::ffff:") ? ip.split(":").slice(0, 4).join(":") : ip;
}
