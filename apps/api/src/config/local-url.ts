import { isIPv6 } from "node:net";

/** Where, on this machine, a program is reached that listens on this address. Without one, it is the loopback one. */
export function localUrl({ host = "", port }: { host?: string | undefined; port: number }): string {
  if (host === "" || host === "0.0.0.0") return `http://127.0.0.1:${port}`;
  if (host === "::") return `http://[::1]:${port}`;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
