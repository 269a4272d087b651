import { z } from "zod";

/** The id of a connection, as JSON holds it. */
export const connectionId = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** The id of a connection, as a path or a query holds it: decimal digits and nothing else. */
export const connectionIdText = z
  .string()
  .regex(/^[1-9]\d{0,15}$/)
  .transform(Number)
  .pipe(connectionId);
