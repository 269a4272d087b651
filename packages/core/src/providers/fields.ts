import { z } from "zod";

/** A text that an answer may hold. Null, and anything that is no text, counts as absent. */
export const optionalText = z.string().nullish().catch(undefined);

const words: Readonly<Record<string, boolean>> = { true: true, false: false };

/** A truth value that an answer may hold, as such or as a text. Anything else counts as absent. */
export const optionalFlag = z
  .union([z.boolean(), z.string().transform((text) => words[text])])
  .nullish()
  .catch(undefined);
