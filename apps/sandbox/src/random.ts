import { createHmac, randomBytes } from "node:crypto";

/** Creates a URL-safe token of this many random bytes. */
export const randomToken = (bytes: number): string => randomBytes(bytes).toString("base64url");

/** Creates random bytes in hex. */
export const randomHex = (bytes: number): string => randomBytes(bytes).toString("hex");

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Creates random letters and digits, like the ids of Stripe and PayPal. */
export function randomAlphanumeric(length: number): string {
  return Array.from(randomBytes(length), (byte) => alphabet.charAt(byte % alphabet.length)).join("");
}

const signingKey = randomBytes(32);
const encodeSegment = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Creates a signed JWT. Clients treat it as opaque, and the sandbox never reads it. */
export function createJwt(claims: object, header: object = {}): string {
  const signed = `${encodeSegment({ alg: "HS256", typ: "JWT", ...header })}.${encodeSegment(claims)}`;
  return `${signed}.${createHmac("sha256", signingKey).update(signed).digest("base64url")}`;
}

/** Creates random decimal digits. The first is not zero. */
export function randomDigits(length: number): string {
  return Array.from(randomBytes(length), (byte, place) => String(place === 0 ? 1 + (byte % 9) : byte % 10)).join("");
}
