import { z } from "zod";
import { responseFormatFields } from "../../http/response-format.ts";

const dropSchema = z.union([z.literal(true), z.enum(["before", "after", "headers", "body"])]);

/** The input of `POST /_/fail`: which requests it means, how many of them, and what happens to each. */
export const faultSchema = z.strictObject({
  host: z.string().min(1),
  /** A prefix of the path. At the host "telegram" it is a prefix of a method's name, such as `auth.signIn`. */
  path: z
    .string()
    .regex(/^(\/|[a-z]+\.)/)
    .optional(),
  method: z.string().optional(),
  /** Only requests whose form has these values. */
  form: z.record(z.string(), z.string()).optional(),
  /** Only requests that are made for this person. */
  person: z.string().optional(),
  times: z.number().int().positive().default(1),
  status: z.number().int().min(200).max(599).optional(),
  /** A string is sent as it is, anything else as JSON. */
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** A body of this size: one long JSON string. */
  bytes: z.number().int().min(2).max(100_000_000).optional(),
  /** The provider does its work at once, and the response waits. */
  delayMs: z.number().int().nonnegative().max(600_000).optional(),
  /** The response has an encoding that was not asked for. */
  encoding: responseFormatFields.encoding,
  byteOrderMark: responseFormatFields.byteOrderMark,
  /** The body is sent byte by byte, with this pause between two bytes. */
  trickleMs: z.number().int().positive().max(60_000).optional(),
  /** Closes the connection before the work (also `true`), after it, after the headers, or in the middle of the body. */
  drop: dropSchema.optional(),
});

/** A failure that was ordered. */
export type Fault = z.infer<typeof faultSchema>;

/** Whose failures `POST /_/mend` cancels. */
export const cancelFailuresSchema = z.strictObject({ host: z.string() });

/** The failures that were ordered and have not happened yet. */
export const pendingFaultsSchema = z.object({ pending: z.array(faultSchema) });
