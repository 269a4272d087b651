import { createHash, randomBytes } from "node:crypto";

/** 256 random bits as base64url: 43 characters without a meaning. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256 of a secret that has 256 bits of its own: what is kept in place of it. */
export function fingerprint(secret: string): Buffer {
  return createHash("sha256").update(secret, "utf8").digest();
}

const shape = /^[\w-]{43}$/;

/** Whether a text can be one that `newSecret` gave. */
export function isSecret(text: string): boolean {
  return shape.test(text);
}
