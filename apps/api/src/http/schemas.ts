import { z } from "zod";

/** The id of a connection, as JSON holds it. */
export const connectionId = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** The id of a connection, as a path or a query holds it: decimal digits and nothing else. */
export const connectionIdText = z
  .string()
  .regex(/^[1-9]\d{0,15}$/)
  .transform(Number)
  .pipe(connectionId);

/** The id of an attempt, which only the page that began it knows. */
export const attemptId = z.string().regex(/^[\w-]{43}$/);

// PostgreSQL takes no text with a zero byte.
const name = /^[\w-]{1,64}$/;

/** The name of a form field. */
export const fieldName = z.string().regex(name);

/** The id of a provider. */
export const providerId = z.string().regex(name);

/** A code, a ticket, a password or another text that a form or a provider hands over. */
export const shortText = z.string().max(4096);

/** The values of a form, by the names of its fields. */
export const formValues = z.record(fieldName, shortText);
