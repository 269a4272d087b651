import { z } from "zod";
import type { OAuthClient } from "../../oauth/index.ts";
import type { Webhooks } from "../../provider.ts";
import { eventHash, eventText, toNotification, noEffect, parseEvent } from "../event.ts";
import { requireTimedSignature } from "../signature.ts";

/** Calendly's own toleranceSeconds. */
const toleranceSeconds = 180;

const envelope = z.object({
  event: eventText,
  created_at: z.string(),
  payload: z.object({ uri: z.string() }),
});

/**
 * https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures
 * No event tells that a user removed the app: that is only noticed at the next refresh.
 */
export function calendlyWebhooks(client: OAuthClient): Webhooks {
  const secrets = client.webhook?.secrets ?? [];
  return {
    receive({ headers, body }, now) {
      requireTimedSignature({ header: headers["calendly-webhook-signature"], body, secrets, toleranceSeconds }, now);
      const event = parseEvent(body, envelope);
      // Deliveries have no id of their own.
      return toNotification(
        body,
        event && { id: eventHash([event.event, event.created_at, event.payload.uri]), topic: event.event },
      );
    },
    read: () => noEffect,
  };
}
