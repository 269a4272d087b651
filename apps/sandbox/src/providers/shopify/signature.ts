import { createHmac } from "node:crypto";

/**
 * The `hmac` of a return: lower-case hex HMAC-SHA256, under the client secret, of all other parameters sorted by name
 * and joined as in a query string, a space being `%20`.
 */
export function sign(parameters: Readonly<Record<string, string>>, secret: string): string {
  const sorted = Object.entries(parameters)
    .filter(([name]) => name !== "hmac")
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const message = new URLSearchParams(sorted).toString().replaceAll("+", "%20");
  return createHmac("sha256", secret).update(message).digest("hex");
}
