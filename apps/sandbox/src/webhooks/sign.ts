import { createHmac } from "node:crypto";
import { InvalidRequest } from "../control/invalid-request.ts";
import type { WebhookHeaders } from "./delivery.ts";
import type { Forgery } from "./event-order.ts";

/** What a signature is computed from. */
export interface SignatureInput {
  readonly body: string;
  /** The time in the headers. */
  readonly at: number;
  /** The signed time. It differs from `at` only if it is forged. */
  readonly signedAt: number;
  /** Undefined if nothing is signed. */
  readonly key: string | undefined;
}

/** A body to sign, and how it is forged. */
export interface UnsignedWebhook {
  readonly body: string;
  readonly at: number;
  readonly key: string;
  readonly forge?: Forgery | undefined;
}

const forgedOffsetMs = 3_600_000;

/** Signs a body as the provider does, or with exactly one thing wrong. */
export function signWebhook(
  { body, at, key, forge }: UnsignedWebhook,
  sign: (signing: SignatureInput) => WebhookHeaders,
): { readonly body: string; readonly headers: WebhookHeaders } {
  const right = { body, at, signedAt: at, key };
  switch (forge) {
    case undefined:
      return { body, headers: sign(right) };
    case "unsigned":
      return { body, headers: sign({ ...right, key: undefined }) };
    case "signature":
      return { body, headers: sign({ ...right, key: `${key}0` }) };
    case "body":
      return { body: body.replace("{", "{ "), headers: sign(right) };
    case "timestamp":
      return { body, headers: sign({ ...right, signedAt: at - forgedOffsetMs }) };
    case "certificate":
      throw new InvalidRequest("Only PayPal signs with a certificate.");
  }
}

/** Computes HMAC-SHA256. */
export const computeHmac = (key: string, text: string, encoding: "hex" | "base64" = "hex"): string =>
  createHmac("sha256", key).update(text).digest(encoding);

/** The headers of a JSON body. */
export const jsonHeaders: WebhookHeaders = { "content-type": "application/json; charset=utf-8" };

/** Turns milliseconds into seconds of Unix time, as text. */
export const toUnixSeconds = (ms: number): string => String(Math.floor(ms / 1000));
