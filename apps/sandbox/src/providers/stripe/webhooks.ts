import { appName, type AppRemoval } from "../../provider.ts";
import type { Grant } from "../../oauth/grant.ts";
import { randomAlphanumeric } from "../../random.ts";
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
import { buildAccountObject } from "./accounts.ts";
import type { StripePerson } from "./people.ts";
import { type Mode, modes, type StripeState } from "./stripe.ts";

const deauthorized = "account.application.deauthorized";

/** Builds the deliveries of an event to the platform's one Connect endpoint, which hears of all connected accounts. */
export function buildStripeDeliveries(stripe: StripeState, order: EventOrder): WebhookDeliveries {
  return buildDeliveriesForMode(stripe, order, modeOf(stripe, findEventSubject(stripe.people, order).person));
}

/** Returns the mode in which the account is connected: test if it is connected in neither. */
function modeOf({ grants }: StripeState, { person }: StripePerson): Mode | undefined {
  const active = grants.listActiveOf(person);
  return modes.find(({ name }) => active.some(({ realm }) => realm === name)) ?? modes[0];
}

function buildDeliveriesForMode(stripe: StripeState, order: EventOrder, mode: Mode | undefined): WebhookDelivery[] {
  const url = order.to ?? stripe.switches.current().webhookUrl;
  if (url === undefined || mode === undefined) return [];
  const { event, at, forge, patch, id = `evt_${randomAlphanumeric(24)}` } = order;
  const written = buildStripeEvent({ ...order, id }, mode, findEventSubject(stripe.people, order));
  const body = JSON.stringify(putNulls(mergePatch(written, patch), stripe.switches.current().nulls), null, 2);
  const sealed = signWebhook({ body, at, key: mode.webhookSecret, forge }, signStripeWebhook);
  return [{ provider: "stripe", event, id, url, ...sealed, deadlineMs: 10_000 }];
}

/** `Stripe-Signature`, over `<seconds>.<body>`. Only the scheme `v1` counts; `v0` is a decoy. */
function signStripeWebhook({ body, at, signedAt, key }: SignatureInput): WebhookHeaders {
  if (key === undefined) return jsonHeaders;
  const signature = computeHmac(key, `${toUnixSeconds(signedAt)}.${body}`);
  const decoy = computeHmac(`${key}v0`, `${toUnixSeconds(signedAt)}.${body}`);
  return { ...jsonHeaders, "stripe-signature": `t=${toUnixSeconds(at)},v1=${signature},v0=${decoy}` };
}

function buildStripeEvent({ event, id, at }: EventOrder, mode: Mode, subject: EventSubject<StripePerson>): Patch {
  const { person, account = person.account } = subject;
  return {
    id,
    object: "event",
    account,
    api_version: "2026-10-28.endive",
    created: Math.floor(at / 1000),
    data: { object: describeEventObject(event, mode, { ...person, account }) },
    livemode: mode.name === "live",
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: event,
  };
}

/** The object of a deauthorization is the app, not the account. */
function describeEventObject(event: string, mode: Mode, person: StripePerson): Patch {
  if (event.startsWith("account.application.")) return { id: mode.clientId, object: "application", name: appName };
  if (event === "account.updated") return buildAccountObject(person);
  const object = event.split(".").slice(0, -1).join(".");
  return { id: `${object.slice(0, 2)}_${randomAlphanumeric(24)}`, object, livemode: mode.name === "live" };
}

/** Ends a connection. The platform is told in the background. */
export function endStripeGrant(stripe: StripeState, grant: Grant): void {
  stripe.grants.endGrant(grant);
  stripe.webhookSender.sendInBackground(buildDeauthorized(stripe, grant));
}

function buildDeauthorized(stripe: StripeState, { person, realm }: Grant): WebhookDelivery[] {
  const mode = modes.find(({ name }) => name === realm);
  return buildDeliveriesForMode(stripe, { event: deauthorized, person, at: stripe.clock.now() }, mode);
}

/** The person disconnects the platform in their dashboard, in test and live mode. */
export function removeStripeApp(stripe: StripeState, person: string): AppRemoval {
  const active = stripe.grants.listActiveOf(person);
  for (const grant of active) stripe.grants.endGrant(grant);
  return { ended: active.length, deliveries: active.flatMap((grant) => buildDeauthorized(stripe, grant)) };
}
