import { randomUUID } from "node:crypto";
import type { AppRemoval } from "../../provider.ts";
import { mergePatch, putNulls } from "../../patch.ts";
import {
  type WebhookHeaders,
  type WebhookDeliveries,
  type EventOrder,
  findEventSubject,
} from "../../webhooks/delivery.ts";
import { computeHmac, jsonHeaders, signWebhook, type SignatureInput, toUnixSeconds } from "../../webhooks/sign.ts";
import type { CalendlyState } from "./calendly.ts";
import { buildEnvelope } from "./events.ts";
import { type CalendlyPerson, buildOrganizationUri, buildUserUri } from "./people.ts";
import type { CalendlySubscription } from "./subscription-store.ts";

/** Builds the deliveries of an event to its subscribers. Calendly has no endpoint of the app, and tells nobody of a removed app. */
export function buildCalendlyDeliveries(calendly: CalendlyState, order: EventOrder): WebhookDeliveries {
  const subject = findEventSubject(calendly.people, order);
  const body = JSON.stringify(
    putNulls(mergePatch(buildEnvelope(order, subject), order.patch), calendly.switches.current().nulls),
  );
  const { event, at, forge, id = randomUUID() } = order;
  return listAddresses(calendly, order, subject.person).map(
    ({ url, signing_key: key = calendly.app.webhookSecret }) => {
      const sealed = signWebhook({ body, at, key, forge }, signCalendlyWebhook);
      return { provider: "calendly", event, id, url, ...sealed, deadlineMs: 15_000 };
    },
  );
}

type DeliveryAddress = Pick<CalendlySubscription, "url" | "signing_key">;

function listAddresses(
  { subscriptions }: CalendlyState,
  { to, event }: EventOrder,
  person: CalendlyPerson,
): DeliveryAddress[] {
  if (to !== undefined) return [{ url: to }];
  const reaches = ({ scope, user, organization }: CalendlySubscription): boolean =>
    scope === "user" ? user === buildUserUri(person) : organization === buildOrganizationUri(person);
  return subscriptions.list().filter((one) => one.events.some((wanted) => wanted === event) && reaches(one));
}

/** `Calendly-Webhook-Signature`, over `<seconds>.<body>`. The app has one key for all subscriptions. */
function signCalendlyWebhook({ body, at, signedAt, key }: SignatureInput): WebhookHeaders {
  if (key === undefined) return jsonHeaders;
  const signature = computeHmac(key, `${toUnixSeconds(signedAt)}.${body}`);
  return { ...jsonHeaders, "calendly-webhook-signature": `t=${toUnixSeconds(at)},v1=${signature}` };
}

/** The person disconnects the app. The app is not told, and its subscriptions stay. */
export function removeCalendlyApp({ grants }: CalendlyState, person: string): AppRemoval {
  const active = grants.listActiveOf(person);
  for (const grant of active) grants.endGrant(grant);
  return { ended: active.length, deliveries: [] };
}
