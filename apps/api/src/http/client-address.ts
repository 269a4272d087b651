import { isIP } from "node:net";
import type { Request, RequestHandler } from "express";

/**
 * Leaves of X-Forwarded-For the addresses alone. Some proxies write a port beside them, brackets or quotes (Azure's
 * `203.0.113.7:50123`): each request would then come from an address of its own, and no limit would hold.
 */
export const normalizeForwarded: RequestHandler = (request, _response, next) => {
  const header = request.headers["x-forwarded-for"];
  if (typeof header === "string") request.headers["x-forwarded-for"] = normalizeForwardedFor(header);
  next();
};

/** More than the proxies that can be trusted, each of which appends one. What stands before them is a client's own word. */
const maxAddresses = 32;

/** The last addresses of an X-Forwarded-For. What is none becomes `unknown`, so that the others keep their places. */
export function normalizeForwardedFor(header: string): string {
  return header
    .split(",")
    .slice(-maxAddresses)
    .map((part) => readAddress(part.trim()) ?? "unknown")
    .join(", ");
}

/** The address of whoever sent a request, as far as the trusted proxies tell; otherwise that of the connection. */
export function clientAddress(request: Request): string {
  return readAddress(request.ip ?? "") ?? request.socket.remoteAddress ?? "";
}

/** Longer than any address with its port, brackets and quotes. */
const maxPartLength = 64;
const dressed = /^"?(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d+)?"?$/;
const quoted = /^"([^"]+)"$/;
const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

function readAddress(part: string): string | undefined {
  if (part.length > maxPartLength) return undefined;
  const [, inBrackets, plain] = dressed.exec(part) ?? [];
  const address = inBrackets ?? plain ?? quoted.exec(part)?.[1] ?? part;
  if (isIP(address) === 0) return undefined;
  return mapped.exec(address)?.[1] ?? address;
}
