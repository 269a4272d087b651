import { z } from "zod";
import type { Face } from "./face.ts";
import { putNulls } from "./patch.ts";
import { type Answer, parseJson } from "./wire.ts";

/** Switches on how the bytes of a provider's JSON answers look. */
export const wireFields = {
  /** Every field of these names is null, in answers and in events. */
  nulls: z.array(z.string()).optional(),
  /** JSON answers begin with a byte order mark. */
  byteOrderMark: z.boolean().optional(),
  /** JSON answers are packed though nobody asked for it, or say `Content-Encoding: utf-8`. */
  encoding: z.enum(["gzip", "utf-8"]).optional(),
};

const wireSchema = z.object(wireFields);
export type WireSwitches = z.infer<typeof wireSchema>;

/** Reads the wire switches of a provider; one without them has none set. */
export const wireSwitchesOf = ({ switches }: Pick<Face, "switches">): WireSwitches =>
  wireSchema.parse(switches.current());

export const isJson = ({ headers }: Answer): boolean =>
  headers["content-type"]?.startsWith("application/json") ?? false;

/** Puts the nulls that are wanted into a JSON answer. */
export function answerWithNulls(answer: Answer, { nulls }: WireSwitches): Answer {
  if (nulls === undefined || !isJson(answer)) return answer;
  return { ...answer, body: JSON.stringify(putNulls(parseJson(answer.body), nulls)) };
}
