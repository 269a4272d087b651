import { createHmac } from "node:crypto";
import { Misused } from "../control/misused.ts";
import type { Forgery, Headers } from "./letter.ts";

/** What a signature is made of. */
export interface Signing {
  readonly body: string;
  /** The moment that stands in the headers. */
  readonly at: number;
  /** The moment that is signed: another one only if that is forged. */
  readonly signedAt: number;
  /** Absent where nothing is to be signed. */
  readonly key: string | undefined;
}

export interface Unsealed {
  readonly body: string;
  readonly at: number;
  readonly key: string;
  readonly forge?: Forgery | undefined;
}

const hour = 3_600_000;

/** Signs a body in the provider's own way, or so that exactly one thing is wrong. */
export function seal(
  { body, at, key, forge }: Unsealed,
  sign: (signing: Signing) => Headers,
): { readonly body: string; readonly headers: Headers } {
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
      return { body, headers: sign({ ...right, signedAt: at - hour }) };
    case "certificate":
      throw new Misused("Only PayPal signs with a certificate.");
  }
}

export const hmac = (key: string, text: string, encoding: "hex" | "base64" = "hex"): string =>
  createHmac("sha256", key).update(text).digest(encoding);

export const jsonBody: Headers = { "content-type": "application/json; charset=utf-8" };

export const unixSeconds = (ms: number): string => String(Math.floor(ms / 1000));
