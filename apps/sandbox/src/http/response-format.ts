import { z } from "zod";
import { type Patchable, putNulls } from "../patch.ts";
import { type ProviderResponse, parseJson } from "./messages.ts";

/** Switches for the format of a provider's JSON responses. */
export const responseFormatFields = {
  /** Every field with one of these names is null, in responses and in events. */
  nulls: z.array(z.string()).optional(),
  /** JSON responses begin with a byte order mark. */
  byteOrderMark: z.boolean().optional(),
  /** JSON responses are compressed though nobody asked for it, or have `Content-Encoding: utf-8`. */
  encoding: z.enum(["gzip", "utf-8"]).optional(),
};

const responseFormatSchema = z.object(responseFormatFields);

/** The format switches of a provider. */
export type ResponseFormat = z.infer<typeof responseFormatSchema>;

/** Reads the format switches of a provider. */
export const getResponseFormat = ({ switches }: { readonly switches: Patchable<object> }): ResponseFormat =>
  responseFormatSchema.parse(switches.current());

/** Whether a response is JSON. */
export const isJson = ({ headers }: ProviderResponse): boolean =>
  headers["content-type"]?.startsWith("application/json") ?? false;

/** Replaces fields of a JSON response with null, as the switch says. */
export function applyNulls(answer: ProviderResponse, { nulls }: ResponseFormat): ProviderResponse {
  if (nulls === undefined || !isJson(answer)) return answer;
  return { ...answer, body: JSON.stringify(putNulls(parseJson(answer.body), nulls)) };
}
