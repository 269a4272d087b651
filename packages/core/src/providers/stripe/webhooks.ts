import { z } from "zod";
import type { OAuthClient } from "../../oauth/index.ts";
import type { Webhooks } from "../../provider.ts";
import { eventText, toNotification, noEffect, parseEvent } from "../event.ts";
import { requireTimedSignature } from "../signature.ts";

/** The toleranceSeconds of Stripe's own library, here in both directions. */
const toleranceSeconds = 300;

const envelope = z.object({ id: eventText, type: eventText }).transform(({ id, type }) => ({ id, topic: type }));

const deauthorized = z.object({
  account: eventText,
  livemode: z.boolean(),
  // The platform's application, not the account.
  data: z.object({ object: z.object({ id: z.string() }) }),
});

/** https://docs.stripe.com/webhooks#verify-manually */
export function stripeWebhooks(client: OAuthClient): Webhooks {
  const secrets = client.webhook?.secrets ?? [];
  return {
    receive({ headers, body }, now) {
      requireTimedSignature({ header: headers["stripe-signature"], body, secrets, toleranceSeconds }, now);
      return toNotification(body, parseEvent(body, envelope));
    },
    read(topic, body) {
      const event = topic === "account.application.deauthorized" ? parseEvent(body, deauthorized) : undefined;
      if (event === undefined || event.data.object.id !== client.id) return noEffect;
      // A live endpoint gets the events of test mode too.
      return event.livemode === (client.mode === "live") ? { type: "ended", account: event.account } : noEffect;
    },
  };
}
