import { z } from "zod";

const loopbackNames = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether an address is on this machine. The sandbox delivers nowhere else. */
export function isLoopback(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === "http:" && loopbackNames.has(url.hostname) && url.username === "" && url.password === "";
}

/** Says why an address is refused. */
export const notLoopbackMessage = "The sandbox delivers over http to localhost, 127.0.0.1 and [::1] only.";

/** An address on this machine. */
export const loopbackUrl = z.string().refine(isLoopback, notLoopbackMessage);
