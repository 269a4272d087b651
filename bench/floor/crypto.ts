import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  randomFillSync,
  timingSafeEqual,
} from "node:crypto";
import { authSecret, encryptionKey, encryptionKeyId, serviceKey, webhookSecret } from "../world/secrets.ts";

const sessionKey = createSecretKey(Buffer.from(authSecret, "utf8"));
const webhookKey = createSecretKey(Buffer.from(webhookSecret, "utf8"));
const sealingKey = createSecretKey(encryptionKey);
const serviceHash = hash("sha256", serviceKey, "buffer");

/** The token of `<token>.<base64 HMAC>`, percent-encoded. Undefined where the signature does not hold. */
export function verified(cookie: string): string | undefined {
  const text = decodeURIComponent(cookie);
  const dot = text.lastIndexOf(".");
  const token = text.slice(0, dot);
  const given = Buffer.from(text.slice(dot + 1), "base64");
  const expected = createHmac("sha256", sessionKey).update(token).digest();
  return given.length === expected.length && timingSafeEqual(given, expected) ? token : undefined;
}

export function isServiceKey(header: string | undefined): boolean {
  return header !== undefined && timingSafeEqual(hash("sha256", header.slice("Bearer ".length), "buffer"), serviceHash);
}

/** Stripe's scheme: `t=<seconds>,v1=<hex>`. */
export function isSigned(header: string, body: Buffer): boolean {
  const [, time = "", signature = ""] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  if (Math.abs(Date.now() / 1000 - Number(time)) > 300) return false;
  const expected = createHmac("sha256", webhookKey).update(`${time}.`).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(signature, "hex"));
}

const header = Buffer.concat([Buffer.of(1, encryptionKeyId.length), Buffer.from(encryptionKeyId)]);
const nonceAt = header.length;
const tagAt = nonceAt + 12;
const textAt = tagAt + 16;

/** AES-256-GCM in the product's own format: what one seals the other opens. */
export function seal(text: string, place: string): Buffer {
  const nonce = randomFillSync(Buffer.allocUnsafe(12));
  const cipher = createCipheriv("aes-256-gcm", sealingKey, nonce).setAAD(Buffer.from(place));
  const sealed = [cipher.update(text, "utf8"), cipher.final()];
  return Buffer.concat([header, nonce, cipher.getAuthTag(), ...sealed]);
}

export function unseal(blob: Buffer, place: string): string {
  const decipher = createDecipheriv("aes-256-gcm", sealingKey, blob.subarray(nonceAt, tagAt), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(place)).setAuthTag(blob.subarray(tagAt, textAt));
  return decipher.update(blob.subarray(textAt), undefined, "utf8") + decipher.final("utf8");
}

export const secretText = (): string => randomFillSync(Buffer.allocUnsafe(32)).toString("base64url");
export const sha256 = (text: string): Buffer => hash("sha256", text, "buffer");
