import { z } from "zod";
import { connectionIdText } from "../http/schemas.ts";

/** A cursor as it was answered. What it holds is no promise: it is the id of the last connection of a page. */
export const cursor = z
  .string()
  .max(64)
  .regex(/^[\w-]+$/)
  .transform((text) => Buffer.from(text, "base64url").toString("latin1"))
  .pipe(connectionIdText);

/** Builds the cursor of the page after a connection. */
export function encodeCursor(id: number): string {
  return Buffer.from(String(id), "latin1").toString("base64url");
}
