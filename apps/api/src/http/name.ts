import { z } from "zod";

/** What a provider or a question of one may be called. PostgreSQL takes no text with a zero byte. */
export const identifier = z.string().regex(/^[\w-]{1,64}$/);
