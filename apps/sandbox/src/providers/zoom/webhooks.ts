import { randomUUID } from "node:crypto";
import type { AppRemoval } from "../../provider.ts";
import { randomAlphanumeric, randomDigits } from "../../random.ts";
import { mergePatch, type Patch, putNulls } from "../../patch.ts";
import {
  type WebhookHeaders,
  type WebhookDelivery,
  type WebhookDeliveries,
  type EventOrder,
  type EventSubject,
  findEventSubject,
} from "../../webhooks/delivery.ts";
import { computeHmac, jsonHeaders, signWebhook, type SignatureInput, toUnixSeconds } from "../../webhooks/sign.ts";
import { parseJson } from "../../http/messages.ts";
import type { ZoomPerson } from "./people.ts";
import type { ZoomState } from "./zoom.ts";

/** Builds the delivery of an event. Events have no id, only their time. Event subscription and deauthorization URL share one address. */
export function buildZoomDeliveries(zoom: ZoomState, order: EventOrder): WebhookDeliveries {
  const url = order.to ?? zoom.switches.current().webhookUrl;
  if (url === undefined) return [];
  const written = buildZoomEvent(zoom, order);
  const body = JSON.stringify(putNulls(mergePatch(written, order.patch), zoom.switches.current().nulls));
  const sealed = signWebhook({ body, at: order.at, key: zoom.app.webhookSecret, forge: order.forge }, signZoomWebhook);
  const { event, id = randomUUID() } = order;
  return [{ provider: "zoom", event, id, url, ...sealed, deadlineMs: 3000, ...buildValidation(zoom, written.payload) }];
}

/** By Zoom's documentation and typings, `app_deauthorized` has its time in the payload, and other events beside it. */
function buildZoomEvent(zoom: ZoomState, order: EventOrder): { readonly payload: Patch } & Patch {
  const { event } = order;
  const event_ts = order.at + (order.nth ?? 0);
  const payload = buildPayload(zoom, order);
  const { eventTs } = zoom.switches.current();
  if (event !== "app_deauthorized" || eventTs === "top") return { event, payload, event_ts };
  if (eventTs === "absent") return { event, payload };
  const moment = eventTs === "payload" ? event_ts : new Date(event_ts).toISOString().slice(0, 19).replace("T", " ");
  return { event, payload: { ...payload, event_ts: moment } };
}

/** `x-zm-signature`, over `v0:<seconds>:<body>`. */
function signZoomWebhook({ body, at, signedAt, key }: SignatureInput): WebhookHeaders {
  const stamped = { ...jsonHeaders, "x-zm-request-timestamp": toUnixSeconds(at) };
  if (key === undefined) return stamped;
  return { ...stamped, "x-zm-signature": `v0=${computeHmac(key, `v0:${toUnixSeconds(signedAt)}:${body}`)}` };
}

function buildPayload(zoom: ZoomState, order: EventOrder): Patch {
  const subject = findEventSubject(zoom.people, order);
  if (order.event === "endpoint.url_validation") return { plainToken: randomAlphanumeric(22) };
  if (order.event === "app_deauthorized") return buildDeauthorization(zoom, subject, order.at);
  const { person, account = person.id } = subject;
  return {
    account_id: person.account_id,
    operator: person.email,
    operator_id: account,
    object: buildMeeting(order, account),
  };
}

const buildDeauthorization = (
  { app }: ZoomState,
  { person, account = person.id }: EventSubject<ZoomPerson>,
  at: number,
): Patch => ({
  account_id: person.account_id,
  user_id: account,
  signature: "",
  deauthorization_time: new Date(at).toISOString(),
  client_id: app.clientId,
});

const buildMeeting = ({ at }: EventOrder, host: string): Patch => ({
  uuid: randomUUID(),
  id: Number(randomDigits(11)),
  host_id: host,
  topic: "Weekly sync",
  type: 2,
  start_time: new Date(at).toISOString(),
  duration: 30,
  timezone: "UTC",
});

/** The right answer to a challenge is a keyed hash of its token. */
function buildValidation({ app }: ZoomState, { plainToken }: Patch): Pick<WebhookDelivery, "validates"> {
  if (typeof plainToken !== "string") return {};
  const right = { plainToken, encryptedToken: computeHmac(app.webhookSecret, plainToken) };
  const validates = (answer: string): boolean => {
    const given = parseJson(answer);
    return Object.entries(right).every(([name, value]) => valueOf(given, name) === value);
  };
  return { validates };
}

const valueOf = (given: unknown, name: string): unknown =>
  typeof given === "object" && given !== null ? Object.entries(given).find(([key]) => key === name)?.[1] : undefined;

/** The person removes the app from their Marketplace list. */
export function removeZoomApp(zoom: ZoomState, person: string): AppRemoval {
  const active = zoom.grants.listActiveOf(person);
  for (const grant of active) zoom.grants.endGrant(grant);
  const deliveries =
    active.length === 0 ? [] : buildZoomDeliveries(zoom, { event: "app_deauthorized", person, at: zoom.clock.now() });
  return { ended: active.length, deliveries };
}
