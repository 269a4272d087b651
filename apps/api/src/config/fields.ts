import { z } from "zod";

export const port = z.coerce.number().int().min(1).max(65_535);

/** An origin: scheme and host, without path, query or credentials. */
export const origin = z
  .string()
  .refine((text) => URL.canParse(text) && isOrigin(new URL(text)), "must be an origin such as https://app.example.com")
  .transform((text) => new URL(text).origin);

/** A list separated by commas. */
export const texts = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

function isOrigin(url: URL): boolean {
  const plain = url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "";
  return plain && /^https?:$/.test(url.protocol);
}

export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || /^127(\.\d{1,3}){3}$/.test(hostname) || hostname === "[::1]";
}
