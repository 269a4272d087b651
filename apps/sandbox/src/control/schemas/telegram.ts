import { z } from "zod";

/** Whose phone it is about. */
export const phoneSchema = z.strictObject({ phone: z.string() });

/** The input of `POST /_/telegram/scan`: the person with this number accepts the QR code of this URL. */
export const scanSchema = z.strictObject({ phone: z.string(), url: z.string() });

/** The login codes that arrived on a phone, newest first. */
export const loginCodesSchema = z.array(z.object({ code: z.string(), at: z.string() }));

/** The sessions of a person, as Settings > Devices lists them. */
export const sessionsSchema = z.array(
  z.object({
    hash: z.string(),
    dc: z.number(),
    apiId: z.number(),
    model: z.string(),
    system: z.string(),
    app: z.string(),
    createdAt: z.string(),
    activeAt: z.string(),
  }),
);
