import { verify } from "node:crypto";
import { crc32 } from "node:zlib";
import { z } from "zod";
import type { ProviderHttp } from "../../http/index.ts";
import type { OAuthClient } from "../../oauth/index.ts";
import type { WebhookDelivery, Webhooks } from "../../provider.ts";
import { eventText, toNotification, noEffect, parseEvent } from "../event.ts";
import { createCertificates } from "./certificates.ts";
import { invalidSignature } from "../signature.ts";

/** A delivery is tried for three days, and nothing says that its time is renewed. */
const maxAgeMs = (3 * 86_400 + 300) * 1000;
const maxAheadMs = 300 * 1000;

// None of them can hold the "|" that parts them in what is signed.
const transmission = z.object({
  "paypal-transmission-id": z.string().regex(/^[\w-]{1,100}$/),
  "paypal-transmission-time": z.iso.datetime({ offset: true }),
  "paypal-transmission-sig": z.base64().max(2048),
  "paypal-cert-url": z.string().max(500),
  // The algorithm is ours to choose: a header that names another one is refused, not obeyed.
  "paypal-auth-algo": z.literal("SHA256withRSA"),
});

const envelope = z
  .object({ id: eventText, event_type: eventText })
  .transform(({ id, event_type }) => ({ id, topic: event_type }));

// Which of these fields holds the payer is not documented.
const owner = eventText.optional().catch(undefined);
const revoked = z.object({
  resource: z.object({ payer_id: owner, payerId: owner, merchant_id: owner, user_id: owner }),
});

/** https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod */
export function paypalWebhooks(client: OAuthClient, http: ProviderHttp): Webhooks | undefined {
  const { id: webhookId, roots } = client.webhook ?? {};
  if (webhookId === undefined) return undefined;
  const certificates = createCertificates({ http, live: client.mode === "live", roots });
  return {
    async receive(delivery, now) {
      const { body } = delivery;
      const headers = readTransmission(delivery, now);
      // The webhook's id is our own configuration, never the request's.
      const signed = [headers["paypal-transmission-id"], headers["paypal-transmission-time"], webhookId, crc32(body)];
      const key = await certificates(headers["paypal-cert-url"], now);
      const signature = Buffer.from(headers["paypal-transmission-sig"], "base64");
      if (!verify("sha256", Buffer.from(signed.join("|")), key, signature))
        throw invalidSignature("no signature that fits");
      return toNotification(body, parseEvent(body, envelope));
    },
    read(topic, body) {
      if (topic !== "IDENTITY.AUTHORIZATION-CONSENT.REVOKED") return noEffect;
      const { payer_id, payerId, merchant_id, user_id } = parseEvent(body, revoked)?.resource ?? {};
      const account = payer_id ?? payerId ?? merchant_id ?? user_id;
      return account === undefined ? noEffect : { type: "ended", account };
    },
  };
}

function readTransmission({ headers }: WebhookDelivery, now: Date): z.infer<typeof transmission> {
  const parsed = transmission.safeParse(headers);
  if (!parsed.success) throw invalidSignature("the headers of a transmission are missing or of another shape");
  const age = now.getTime() - Date.parse(parsed.data["paypal-transmission-time"]);
  // Written so that a time which is no number is refused.
  if (!(age <= maxAgeMs && age >= -maxAheadMs)) throw invalidSignature("too old or too new");
  return parsed.data;
}
