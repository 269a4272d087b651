/** The reply codes of RFC 1928 §6 that the proxy sends. */
export const replyCodes = { succeeded: 0, notAllowed: 2, refused: 5, commandUnknown: 7, addressUnknown: 8 } as const;

/** A request of a SOCKS5 client. */
export interface SocksRequest {
  /** The number of bytes of the request. */
  readonly length: number;
  readonly command: "connect" | "another";
  /** An IPv4 address or a name, as the client sent it; empty for any other kind of address. */
  readonly host: string;
  readonly port: number;
}

interface Greeting {
  readonly length: number;
  /** Whether the client accepts a connection without authentication. */
  readonly offersNone: boolean;
}

/** Parses a greeting (RFC 1928 §3). Returns undefined while bytes are missing. */
export function parseGreeting(bytes: Buffer): Greeting | "wrong" | undefined {
  const [version, methods] = bytes;
  if (version !== undefined && version !== 5) return "wrong";
  if (methods === undefined || bytes.length < 2 + methods) return undefined;
  return { length: 2 + methods, offersNone: bytes.subarray(2, 2 + methods).includes(0) };
}

/** Parses a request (RFC 1928 §4). Returns undefined while bytes are missing. */
export function parseRequest(bytes: Buffer): SocksRequest | undefined {
  const kind = bytes[3];
  if (kind === undefined) return undefined;
  const host = parseHost(bytes, kind);
  if (!host || bytes.length < host.end + 2) return undefined;
  const command = bytes[1] === 1 ? "connect" : "another";
  return { length: host.end + 2, command, host: host.name, port: bytes.readUInt16BE(host.end) };
}

function parseHost(bytes: Buffer, kind: number): { name: string; end: number } | undefined {
  if (kind === 1) return bytes.length < 8 ? undefined : { name: bytes.subarray(4, 8).join("."), end: 8 };
  if (kind === 4) return { name: "", end: 20 };
  const length = bytes[4];
  if (kind !== 3) return { name: "", end: 4 };
  return length === undefined ? undefined : { name: bytes.toString("latin1", 5, 5 + length), end: 5 + length };
}

/** Whether a request has a kind of address that is not supported. */
export const isAddressUnknown = ({ host }: SocksRequest): boolean => host === "";

/** Encodes a reply (RFC 1928 §6) without a bound address. */
export const encodeReply = (code: number): Buffer => Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
