import { createHash, createHmac } from "node:crypto";

/** Who is in the databases, the same everywhere: what belongs to the nth user follows from the number. */
export const providers = ["zoom", "stripe", "paypal", "calendly", "shopify"] as const;
export const accountsEach = providers.length;

export const userId = (nth: number): string => `user-${pad(nth, 8)}`;
export const sessionToken = (nth: number): string => `session-${pad(nth, 24)}`;
/** The id of a user's connection at the first of the providers. */
export const zoomConnection = (nth: number): number => (nth - 1) * accountsEach + 1;

/** The users one after the other, for ever. */
export const nthUser = (nth: number, users: number): number => (nth % users) + 1;

/** A browser's cookie: 256 bits as base64url. */
export const browserOf = (nth: number): string => createHash("sha256").update(`browser ${nth}`).digest("base64url");

/** As better-auth signs a cookie. */
export function signed(token: string, secret: string): string {
  return encodeURIComponent(`${token}.${createHmac("sha256", secret).update(token).digest("base64")}`);
}

/** As express-session signs one. */
export function signedForExpress(id: string, secret: string): string {
  const signature = createHmac("sha256", secret).update(id).digest("base64").replace(/=+$/, "");
  return encodeURIComponent(`s:${id}.${signature}`);
}

const pad = (nth: number, length: number): string => String(nth).padStart(length, "0");
