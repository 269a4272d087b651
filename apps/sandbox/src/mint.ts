import { createHmac, randomBytes } from "node:crypto";

/** An opaque URL-safe value of so many random bytes. */
export const opaque = (bytes: number): string => randomBytes(bytes).toString("base64url");

export const hex = (bytes: number): string => randomBytes(bytes).toString("hex");

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Random letters and digits only, as ids of Stripe and PayPal are made. */
export function alphanumeric(length: number): string {
  return Array.from(randomBytes(length), (byte) => alphabet.charAt(byte % alphabet.length)).join("");
}

const signingKey = randomBytes(32);
const segment = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A signed JWT; clients are to treat it as opaque, and nobody here reads it back. */
export function jwt(claims: object, header: object = {}): string {
  const signed = `${segment({ alg: "HS256", typ: "JWT", ...header })}.${segment(claims)}`;
  return `${signed}.${createHmac("sha256", signingKey).update(signed).digest("base64url")}`;
}

/** So many random decimal digits, the first of which is no zero. */
export function digits(length: number): string {
  return Array.from(randomBytes(length), (byte, place) => String(place === 0 ? 1 + (byte % 9) : byte % 10)).join("");
}
