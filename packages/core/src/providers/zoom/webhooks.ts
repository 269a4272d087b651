import { z } from "zod";
import type { OAuthClient } from "../../oauth/index.ts";
import type { WebhookNotification, Webhooks } from "../../provider.ts";
import { eventHash, eventText, toNotification, noEffect, parseEvent } from "../event.ts";
import { hmac, invalidSignature, requireFresh, signingSecret } from "../signature.ts";

const toleranceSeconds = 300;

const envelope = z.object({ event: eventText });
/** Zoom documents a moment beside the payload, and inside it as a number or as text; none of them is needed. */
const moment = z.union([z.number(), z.string()]).nullish().catch(undefined);
const deauthorized = z.object({
  event: z.literal("app_deauthorized"),
  event_ts: moment,
  payload: z.object({ user_id: eventText, client_id: z.string(), event_ts: moment, deauthorization_time: moment }),
});
const validation = z.object({
  event: z.literal("endpoint.url_validation"),
  payload: z.object({ plainToken: z.unknown() }),
});

/**
 * What may be answered with its HMAC. Of what is signed here for events, `v0:<time>:<body>`, nothing has this shape: no
 * answer is the signature of an event.
 */
const plainToken = /^[\w+/=-]{1,64}$/;

/** https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events */
export function zoomWebhooks(client: OAuthClient): Webhooks {
  const secrets = client.webhook?.secrets ?? [];
  return {
    receive({ headers, body }, now) {
      const time = headers["x-zm-request-timestamp"] ?? "";
      const signature = headers["x-zm-signature"] ?? "";
      const given = signature.startsWith("v0=") ? [signature.slice(3)] : [];
      const secret = signingSecret({ secrets, message: [`v0:${time}:`, body], given, encoding: "hex" });
      requireFresh(time, toleranceSeconds, now);
      const asked = parseEvent(body, validation);
      return asked ? answerChallenge(asked.payload.plainToken, secret) : toNotification(body, nameOf(body));
    },
    read(topic, body) {
      const event = topic === "app_deauthorized" ? parseEvent(body, deauthorized) : undefined;
      return event?.payload.client_id === client.id ? { type: "ended", account: event.payload.user_id } : noEffect;
    },
  };
}

function answerChallenge(token: unknown, secret: string): WebhookNotification {
  if (typeof token !== "string" || !plainToken.test(token)) throw invalidSignature("a challenge of another shape");
  return {
    type: "challenge",
    answer: { plainToken: token, encryptedToken: hmac(secret, [token]).toString("hex") },
  };
}

/** Deliveries have no id of their own. */
function nameOf(body: Buffer): { id: string; topic: string } | undefined {
  const gone = parseEvent(body, deauthorized);
  if (gone) {
    const { event, event_ts, payload } = gone;
    const at = event_ts ?? payload.event_ts ?? payload.deauthorization_time ?? "";
    return { id: eventHash([event, at, payload.user_id, payload.client_id]), topic: event };
  }
  const event = parseEvent(body, envelope);
  return event && { id: eventHash(body), topic: event.event };
}
