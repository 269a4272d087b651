import { ConnectError } from "../errors.ts";

/** A SOCKS5 proxy, the only way out to Telegram. */
export interface Proxy {
  ip: string;
  port: number;
  username?: string;
  password?: string;
}

/** Reads `socks5://[user:password@]host:port`. */
export function readProxy(address: string): Proxy {
  const url = URL.parse(address);
  if (url?.protocol !== "socks5:" || url.hostname === "") {
    throw new ConnectError("provider_misconfigured", "the proxy for Telegram is not socks5://host:port");
  }
  return {
    ip: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? 1080 : Number(url.port),
    ...(url.username && { username: decodeURIComponent(url.username) }),
    ...(url.password && { password: decodeURIComponent(url.password) }),
  };
}
