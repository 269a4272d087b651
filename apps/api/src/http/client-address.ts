import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import proxyAddr from "proxy-addr";

/** Gives the address of the client that sent a request, as far as the trusted proxies tell; otherwise the connection's. */
export type GetClientAddress = (request: IncomingMessage) => string;

/** `trustProxy`: how many proxies stand in front, or their addresses and subnets. */
export function createGetClientAddress(trustProxy: number | readonly string[]): GetClientAddress {
  const isTrusted =
    typeof trustProxy === "number"
      ? (_address: string, hop: number) => hop < trustProxy
      : proxyAddr.compile([...trustProxy]);
  return ({ headers, socket }) => {
    const connection = readAddress(socket.remoteAddress ?? "") ?? "";
    const hops = [connection, ...listForwarded(String(headers["x-forwarded-for"] ?? "")).toReversed()];
    const client = hops.find((address, hop) => !isTrusted(address, hop)) ?? hops.at(-1);
    return client === undefined || client === unknown ? connection : client;
  };
}

/** More than the proxies that can be trusted, each of which appends one address. What stands before them a client may invent. */
const maxAddresses = 32;
/** Takes the place of a part that is no address, so that the others keep theirs. */
const unknown = "unknown";

/**
 * Lists the last addresses of an X-Forwarded-For. Some proxies write a port beside an address, brackets or quotes (Azure's
 * `203.0.113.7:50123`): with the port each request would come from an address of its own, and no limit would hold.
 */
export function listForwarded(header: string): string[] {
  if (header === "") return [];
  return header
    .split(",")
    .slice(-maxAddresses)
    .map((part) => readAddress(part.trim()) ?? unknown);
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
