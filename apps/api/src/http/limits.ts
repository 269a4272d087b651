import { ConnectError } from "@patchbay/core/errors";
import type { RequestHandler } from "express";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { sendFailure } from "./failures.ts";

/** How often an address may try a password, a minute. Guessing is what it slows down. */
export function limitSignIn(perMinute = 60): RequestHandler {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return (request, response, next) => {
    limiter.consume(addressKey(request.ip ?? "")).then(
      () => next(),
      (refused: unknown) => {
        if (!(refused instanceof RateLimiterRes)) return next(refused);
        const retryAfter = Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
        sendFailure(response, new ConnectError("too_many_requests", "sign-in limit", { retryAfter }));
      },
    );
  };
}

/** An IPv6 user has a whole /64 of addresses. */
export function addressKey(ip: string): string {
  return ip.includes(":") && !ip.startsWith("::ffff:") ? ip.split(":").slice(0, 4).join(":") : ip;
}
