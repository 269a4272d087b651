import { randomUUID, sign as signWith } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Removal } from "../../face.ts";
import { alphanumeric } from "../../mint.ts";
import { mergePatch, type Patch, putNulls } from "../../patch.ts";
import { type Headers, type Letter, type Letters, type Order, type Subject, subjectOf } from "../../webhooks/letter.ts";
import { jsonBody, seal, type Signing } from "../../webhooks/seal.ts";
import type { Answer, Call, Refusal } from "../../wire.ts";
import { type Chain, type Chains, chainServedAt } from "./chains.ts";
import type { Paypal } from "./paypal.ts";
import type { PaypalPerson } from "./people.ts";
import { debugId, restRefusal } from "./refusals.ts";

/** The app's one webhook hears of everybody. A forged certificate comes in as many ways as there are to forge one. */
export async function write(paypal: Paypal, order: Order): Promise<Letters> {
  const url = order.to ?? paypal.switches.current().webhookUrl;
  if (url === undefined) return [];
  const chains = await paypal.chains();
  const subject = subjectOf(paypal.people, order);
  if (order.forge !== "certificate") return [letter(paypal, { order, url, subject, chains, chain: chains.right })];
  return chains.wrong.map((chain) => letter(paypal, { order, url, subject, chains, chain }));
}

interface Draft {
  readonly order: Order;
  readonly url: string;
  readonly subject: Subject<PaypalPerson>;
  readonly chains: Chains;
  readonly chain: Chain;
}

function letter(paypal: Paypal, { order, url, subject, chains, chain }: Draft): Letter {
  const { event, at, patch } = order;
  const id = order.id ?? `WH-${alphanumeric(17).toUpperCase()}-${alphanumeric(17).toUpperCase()}`;
  const body = JSON.stringify(
    putNulls(mergePatch(eventObject({ ...order, id }, subject), patch), paypal.switches.current().nulls),
  );
  const forge = order.forge === "certificate" ? undefined : order.forge;
  const transmission = randomUUID();
  const sealed = seal({ body, at, key: paypal.app.webhookId, forge }, (signing) =>
    sign(signing, { key: chains.key, url: chain.url, transmission }),
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

/** Signed is `<transmission id>|<time>|<webhook id>|<CRC-32 of the body>`: the body itself is not sent twice. */
function sign({ body, at, signedAt, key: webhookId }: Signing, { key, url, transmission }: Signer): Headers {
  const stamped = {
    ...jsonBody,
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

function eventObject({ event, id, at }: Order, { person, account = person.payer_id }: Subject<PaypalPerson>): Patch {
  return {
    id,
    event_version: "1.0",
    create_time: new Date(at).toISOString(),
    ...about(event, account),
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

export const consentRevoked = "IDENTITY.AUTHORIZATION-CONSENT.REVOKED";

function about(event: string, payer: string | undefined): Patch {
  if (event === consentRevoked) {
    const resource = { ...(payer !== undefined && { payer_id: payer }) };
    return { resource_type: "authorization-consent", summary: "An authorization consent was revoked", resource };
  }
  const resource = { id: alphanumeric(17).toUpperCase(), status: "COMPLETED", payee: { merchant_id: payer } };
  return { resource_type: event.split(".")[1]?.toLowerCase() ?? "", summary: `A ${event} event`, resource };
}

/** The person withdraws their consent in their settings. */
export async function remove(paypal: Paypal, person: string): Promise<Removal> {
  const standing = paypal.grants.standingOf(person);
  for (const grant of standing) paypal.grants.end(grant);
  if (!standing.some(({ realm }) => realm === paypal.app.environment)) return { ended: standing.length, letters: [] };
  const letters = await write(paypal, { event: consentRevoked, person, at: paypal.clock.now() });
  return { ended: standing.length, letters };
}

/** `GET /v1/notifications/certs/:name`, and where the forged ones are found. */
export function certificateEndpoint(paypal: Paypal): (call: Call) => Promise<Answer> {
  return async ({ host, path }) => {
    const chain = chainServedAt(await paypal.chains(), { host, path });
    if (chain === undefined) throw notFound();
    return { status: 200, headers: { "content-type": "application/x-pem-file", ...debugId() }, body: chain.pem };
  };
}

const notFound = (): Refusal => restRefusal(404, "RESOURCE_NOT_FOUND", "The specified resource does not exist.");
