import { z } from "zod";

const names = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether an address is on this machine: the sandbox delivers nowhere else. */
export function isLoopback(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === "http:" && names.has(url.hostname) && url.username === "" && url.password === "";
}

export const elsewhere = "The sandbox delivers over http to localhost, 127.0.0.1 and [::1] only.";

export const loopbackUrl = z.string().refine(isLoopback, elsewhere);
