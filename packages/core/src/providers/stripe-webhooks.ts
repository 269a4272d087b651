import { z } from "zod";
import type { OAuthClient } from "../oauth/index.ts";
import type { Webhooks } from "../provider.ts";
import { eventText, named, nothing, readEvent } from "./event.ts";
import { requireTimedSignature } from "./signature.ts";

/** The tolerance of Stripe's own library, here in both directions. */
const tolerance = 300;

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
      requireTimedSignature({ header: headers["stripe-signature"], body, secrets, tolerance }, now);
      return named(body, readEvent(body, envelope));
    },
    read(topic, body) {
      const event = topic === "account.application.deauthorized" ? readEvent(body, deauthorized) : undefined;
      if (event === undefined || event.data.object.id !== client.id) return nothing;
      // A live endpoint gets the events of test mode too.
      return event.livemode === (client.mode === "live") ? { type: "ended", account: event.account } : nothing;
    },
  };
}
