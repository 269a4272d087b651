import { createHash } from "node:crypto";
import { z } from "zod";
import { tryParseJson } from "../http/index.ts";
import type { EventEffect, WebhookNotification } from "../provider.ts";

/** A name, an id or an address in an event: short, and of characters that every column can hold. */
export const eventText = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/** The effect of an event that means nothing here. */
export const noEffect: EventEffect = { type: "none" };

/** An event's body as one shape; undefined where it is another. */
export function parseEvent<T>(body: Buffer, shape: z.ZodType<T>): T | undefined {
  return shape.safeParse(tryParseJson(body.toString("utf8"))).data;
}

/** An id for an event that comes without one: the same for the same parts. */
export function eventHash(parts: Buffer | readonly (string | number)[]): string {
  return createHash("sha256")
    .update(Buffer.isBuffer(parts) ? parts : JSON.stringify(parts))
    .digest("hex");
}

/** An event as its body names itself. One that does not is told apart by its bytes, and will mean nothing. */
export function toNotification(body: Buffer, event: { id: string; topic: string } | undefined): WebhookNotification {
  return { type: "event", ...(event ?? { id: eventHash(body), topic: "unknown" }) };
}
