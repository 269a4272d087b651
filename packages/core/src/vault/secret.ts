import { createHash, randomBytes } from "node:crypto";

/** 256 random bits as base64url: 43 characters without a meaning. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256 of a secret with 256 random bits: we store it in place of the secret. */
export function fingerprint(secret: string): Buffer {
  return createHash("sha256").update(secret, "utf8").digest();
}

const secretPattern = /^[\w-]{43}$/;

/** Whether a text has the form of those that `newSecret` makes. */
export function isSecret(text: string): boolean {
  return secretPattern.test(text);
}
