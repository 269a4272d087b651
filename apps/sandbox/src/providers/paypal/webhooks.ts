import { randomUUID, sign as signWith } from "node:crypto";
import { crc32 } from "node:zlib";
import type { AppRemoval } from "../../provider.ts";
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
import { jsonHeaders, signWebhook, type SignatureInput } from "../../webhooks/sign.ts";
import type { ProviderResponse, ProviderRequest, Refusal } from "../../http/messages.ts";
import { type Chain, type Chains, chainServedAt } from "./chains.ts";
import type { PaypalState } from "./paypal.ts";
import type { PaypalPerson } from "./people.ts";
import { debugId, restRefusal } from "./refusals.ts";

/** Builds the deliveries of an event to the app's one webhook. A forged certificate gives one delivery for each way to forge it. */
export async function buildPaypalDeliveries(paypal: PaypalState, order: EventOrder): Promise<WebhookDeliveries> {
  const url = order.to ?? paypal.switches.current().webhookUrl;
  if (url === undefined) return [];
  const chains = await paypal.chains();
  const subject = findEventSubject(paypal.people, order);
  if (order.forge !== "certificate")
    return [buildPaypalDelivery(paypal, { order, url, subject, chains, chain: chains.right })];
  return chains.wrong.map((chain) => buildPaypalDelivery(paypal, { order, url, subject, chains, chain }));
}

interface DeliveryDraft {
  readonly order: EventOrder;
  readonly url: string;
  readonly subject: EventSubject<PaypalPerson>;
  readonly chains: Chains;
  readonly chain: Chain;
}

function buildPaypalDelivery(
  paypal: PaypalState,
  { order, url, subject, chains, chain }: DeliveryDraft,
): WebhookDelivery {
  const { event, at, patch } = order;
  const id = order.id ?? `WH-${randomAlphanumeric(17).toUpperCase()}-${randomAlphanumeric(17).toUpperCase()}`;
  const body = JSON.stringify(
    putNulls(mergePatch(buildPaypalEvent({ ...order, id }, subject), patch), paypal.switches.current().nulls),
  );
  const forge = order.forge === "certificate" ? undefined : order.forge;
  const transmission = randomUUID();
  const sealed = signWebhook({ body, at, key: paypal.app.webhookId, forge }, (signing) =>
    signPaypalWebhook(signing, { key: chains.key, url: chain.url, transmission }),
  );
  const flaw = chain.flaw === undefined ? {} : { forged: chain.flaw };
  return { provider: "paypal", event, id, url, ...sealed, ...flaw, deadlineMs: 10_000 };
}

interface Signer {
  readonly key: Chains["key"];
  readonly url: string;
  readonly transmission: string;
}

const isoSeconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** PayPal signs `<transmission id>|<time>|<webhook id>|<CRC-32 of the body>`. */
function signPaypalWebhook(
  { body, at, signedAt, key: webhookId }: SignatureInput,
  { key, url, transmission }: Signer,
): WebhookHeaders {
  const stamped = {
    ...jsonHeaders,
    "paypal-transmission-id": transmission,
    "paypal-transmission-time": isoSeconds(at),
    "paypal-auth-version": "v2",
  };
  if (webhookId === undefined) return stamped;
  const message = [transmission, isoSeconds(signedAt), webhookId, crc32(body)].join("|");
  return {
    ...stamped,
    "paypal-auth-algo": "SHA256withRSA",
    "paypal-cert-url": url,
    "paypal-transmission-sig": signWith("sha256", Buffer.from(message), key).toString("base64"),
  };
}

function buildPaypalEvent(
  { event, id, at }: EventOrder,
  { person, account = person.payer_id }: EventSubject<PaypalPerson>,
): Patch {
  return {
    id,
    event_version: "1.0",
    create_time: new Date(at).toISOString(),
    ...describeSubject(event, account),
    event_type: event,
    links: [
      { href: `https://api.sandbox.paypal.com/v1/notifications/webhooks-events/${id}`, rel: "self", method: "GET" },
      {
        href: `https://api.sandbox.paypal.com/v1/notifications/webhooks-events/${id}/resend`,
        rel: "resend",
        method: "POST",
      },
    ],
  };
}

/** The event that tells of a withdrawn consent. */
export const consentRevoked = "IDENTITY.AUTHORIZATION-CONSENT.REVOKED";

function describeSubject(event: string, payer: string | undefined): Patch {
  if (event === consentRevoked) {
    const resource = { ...(payer !== undefined && { payer_id: payer }) };
    return { resource_type: "authorization-consent", summary: "An authorization consent was revoked", resource };
  }
  const resource = { id: randomAlphanumeric(17).toUpperCase(), status: "COMPLETED", payee: { merchant_id: payer } };
  return { resource_type: event.split(".")[1]?.toLowerCase() ?? "", summary: `A ${event} event`, resource };
}

/** The person withdraws their consent in their settings. */
export async function removePaypalApp(paypal: PaypalState, person: string): Promise<AppRemoval> {
  const active = paypal.grants.listActiveOf(person);
  for (const grant of active) paypal.grants.endGrant(grant);
  if (!active.some(({ realm }) => realm === paypal.app.environment)) return { ended: active.length, deliveries: [] };
  const deliveries = await buildPaypalDeliveries(paypal, { event: consentRevoked, person, at: paypal.clock.now() });
  return { ended: active.length, deliveries };
}

/** `GET /v1/notifications/certs/:name`, and the same path at the hosts that serve forged certificates. */
export function certificateEndpoint(paypal: PaypalState): (request: ProviderRequest) => Promise<ProviderResponse> {
  return async ({ host, path }) => {
    const chain = chainServedAt(await paypal.chains(), { host, path });
    if (chain === undefined) throw notFound();
    return { status: 200, headers: { "content-type": "application/x-pem-file", ...debugId() }, body: chain.pem };
  };
}

const notFound = (): Refusal => restRefusal(404, "RESOURCE_NOT_FOUND", "The specified resource does not exist.");
