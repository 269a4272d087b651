import { createHash } from "node:crypto";
import { z } from "zod";
import { tryJson } from "../http/index.ts";
import type { Meaning, Notification } from "../provider.ts";

/** A name, an id or an address in an event: short, and of characters that every column can hold. */
export const eventText = z.string().regex(/^[\x21-\x7e]{1,200}$/);

export const nothing: Meaning = { type: "nothing" };

/** An event's body as one shape; undefined where it is another. */
export function readEvent<T>(body: Buffer, shape: z.ZodType<T>): T | undefined {
  return shape.safeParse(tryJson(body.toString("utf8"))).data;
}

/** An id for an event that comes without one: the same for the same parts. */
export function eventHash(parts: Buffer | readonly (string | number)[]): string {
  return createHash("sha256")
    .update(Buffer.isBuffer(parts) ? parts : JSON.stringify(parts))
    .digest("hex");
}

/** An event as its body names itself. One that does not is told apart by its bytes, and will mean nothing. */
export function named(body: Buffer, event: { id: string; topic: string } | undefined): Notification {
  return { type: "event", ...(event ?? { id: eventHash(body), topic: "unknown" }) };
}
