import { createHmac } from "node:crypto";

/**
 * Computes the `hmac` of a redirect: HMAC-SHA256 in lower-case hex, under the client secret, of all other parameters,
 * sorted by name and joined as in a query string, a space being `%20`.
 */
export function signQuery(parameters: Readonly<Record<string, string>>, secret: string): string {
  const sorted = Object.entries(parameters)
    .filter(([name]) => name !== "hmac")
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const message = new URLSearchParams(sorted).toString().replaceAll("+", "%20");
  return createHmac("sha256", secret).update(message).digest("hex");
}
