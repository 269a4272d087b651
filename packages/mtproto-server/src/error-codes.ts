import { createRequire } from "node:module";
import { z } from "zod";

const publishedErrors = z.object({ errors: z.record(z.string(), z.object({ code: z.number() })) });

/** Reads the code that Telegram sends with an error of this name from the list that clients publish. An unknown name has 400. */
export function getErrorCode(message: string): number {
  const { errors } = publishedErrors.parse(createRequire(import.meta.url)("@mtcute/core/tl/raw-errors.json"));
  const name = message.replace("FLOOD_PREMIUM_", "FLOOD_");
  const spellings = [name, name.replace(/_\d+$/, "_%d"), name.replace(/_\d+$/, "")];
  return spellings.map((spelling) => errors[spelling]?.code).find((code) => code !== undefined) ?? 400;
}
