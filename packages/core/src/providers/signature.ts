import { createHmac, timingSafeEqual } from "node:crypto";
import { ConnectError } from "../errors.ts";

type Bytes = string | Buffer;

/** An HMAC-SHA256 over `message`, as the provider says that it made it. */
interface Signed {
  /** A match of any secret with any signature will do. */
  secrets: readonly string[];
  message: readonly Bytes[];
  given: readonly string[];
  encoding: "hex" | "base64";
}

/** The secret that a signature was made with. Throws `invalid_signature`. */
export function signingSecret({ secrets, message, given, encoding }: Signed): string {
  const secret = secrets.find((secret) => {
    const expected = hmac(secret, message).toString(encoding);
    return given.some((signature) => sameText(expected, signature));
  });
  if (secret === undefined) throw invalidSignature("no signature that fits");
  return secret;
}

/** HMAC-SHA-256 over the parts of a message, one after the other. */
export function hmac(secret: string, message: readonly Bytes[]): Buffer {
  const mac = createHmac("sha256", secret);
  for (const part of message) mac.update(part);
  return mac.digest();
}

/** Whether both are the same, found out in a time that does not tell how far they agree. `expected` is ASCII. */
export function sameText(expected: string, given: string): boolean {
  // Before any copy: what is given may be long.
  if (given.length !== expected.length) return false;
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * Refuses a Unix time that is further from now than that, into the past or the future. To be asked once the signature is
 * known to be right: then the time is the sender's own, and the difference is worth telling the operator.
 */
export function requireFresh(seconds: string, toleranceSeconds: number, now: Date): void {
  if (!/^\d{1,12}$/.test(seconds)) throw invalidSignature("no time");
  const difference = now.getTime() / 1000 - Number(seconds);
  if (Math.abs(difference) <= toleranceSeconds) return;
  const clockDifference = Math.round(difference);
  const why = `it is signed rightly, and its time is ${clockDifference} s before our clock's`;
  throw new ConnectError("invalid_signature", `a webhook was refused: ${why}`, { clockDifference });
}

interface Timed {
  header: string | undefined;
  body: Buffer;
  secrets: readonly string[];
  /** Seconds. */
  toleranceSeconds: number;
}

/** The scheme of Stripe and Calendly: `t=<seconds>,v1=<hex>`, over `<seconds>.<body>`. Other versions count for nothing. */
export function requireTimedSignature({ header = "", body, secrets, toleranceSeconds }: Timed, now: Date): void {
  const pairs = header.split(",").map((part): [string, string] => {
    const equals = part.indexOf("=");
    return [part.slice(0, Math.max(0, equals)).trim(), part.slice(equals + 1)];
  });
  const time = pairs.findLast(([name]) => name === "t")?.[1] ?? "";
  const given = pairs.filter(([name]) => name === "v1").map(([, signature]) => signature);
  signingSecret({ secrets, message: [`${time}.`, body], given, encoding: "hex" });
  requireFresh(time, toleranceSeconds, now);
}

/** One refusal for every cause: who forges must not learn how far a forgery got. `why` is for the log. */
export function invalidSignature(why: string, cause?: unknown): ConnectError {
  return new ConnectError("invalid_signature", `a webhook was refused: ${why}`, cause === undefined ? {} : { cause });
}
