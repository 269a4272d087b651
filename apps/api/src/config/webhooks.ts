import { X509Certificate } from "node:crypto";
import type { OAuthClient, ProviderId } from "@patchbay/core/providers";
import { z } from "zod";
import { texts } from "./fields.ts";

type Settings = NonNullable<OAuthClient["webhook"]>;
type Given = Readonly<Record<string, string | undefined>>;

const secrets = texts
  .pipe(z.array(z.string().min(8, "must be secrets as the provider shows them, separated by commas")).min(1))
  .optional();

const settings = z.object({
  CALENDLY_WEBHOOK_SECRET: secrets,
  STRIPE_WEBHOOK_SECRET: secrets,
  ZOOM_WEBHOOK_SECRET: secrets,
  SHOPIFY_PREVIOUS_CLIENT_SECRET: z.string().min(8, "must be the secret that Shopify shows").optional(),
  // What PayPal's simulator signs for everybody carries this word in place of an id.
  PAYPAL_WEBHOOK_ID: z
    .string()
    .regex(/^(?!WEBHOOK_ID$)\w{5,50}$/, "must be the id that PayPal's dashboard shows")
    .optional(),
  PAYPAL_WEBHOOK_ROOTS: z
    .string()
    .transform((text) => text.replaceAll("\\n", "\n"))
    .refine(isCertificate, "must be the certificate of an authority, as PEM")
    .optional(),
});

export const webhookNames = Object.keys(settings.shape);

/** What the webhooks of each provider are checked with, as far as that is set. */
export interface WebhookSecrets {
  of: Partial<Record<ProviderId, Settings>>;
  wrong: string[];
}

/**
 * Reads it. Shopify signs with the client's secret, so there it is always set; and for about an hour after a rotation
 * still with the one before.
 */
export function readWebhooks(given: Given): WebhookSecrets {
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    return { of: {}, wrong: parsed.error.issues.map(({ path, message }) => `${path[0]?.toString()}: ${message}`) };
  }
  const { PAYPAL_WEBHOOK_ID: id, PAYPAL_WEBHOOK_ROOTS: roots, ...shared } = parsed.data;
  const { SHOPIFY_CLIENT_SECRET: shopify } = given;
  const { SHOPIFY_PREVIOUS_CLIENT_SECRET: previous } = parsed.data;
  return {
    of: {
      ...(shared.CALENDLY_WEBHOOK_SECRET && { calendly: { secrets: shared.CALENDLY_WEBHOOK_SECRET } }),
      ...(id && { paypal: { secrets: [], id, ...(roots !== undefined && { roots }) } }),
      ...(shopify && { shopify: { secrets: previous ? [shopify, previous] : [shopify] } }),
      ...(shared.STRIPE_WEBHOOK_SECRET && { stripe: { secrets: shared.STRIPE_WEBHOOK_SECRET } }),
      ...(shared.ZOOM_WEBHOOK_SECRET && { zoom: { secrets: shared.ZOOM_WEBHOOK_SECRET } }),
    },
    wrong: [],
  };
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}
