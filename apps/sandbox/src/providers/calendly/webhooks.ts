import { randomUUID } from "node:crypto";
import type { Removal } from "../../face.ts";
import { mergePatch, putNulls } from "../../patch.ts";
import { type Headers, type Letters, type Order, subjectOf } from "../../webhooks/letter.ts";
import { hmac, jsonBody, seal, type Signing, unixSeconds } from "../../webhooks/seal.ts";
import type { Calendly } from "./calendly.ts";
import { buildEnvelope } from "./events.ts";
import { type CalendlyPerson, organizationUri, userUri } from "./people.ts";
import type { Subscription } from "./subscriptions.ts";

/** Calendly has no endpoint of the app: who subscribed hears of it, and nobody of a removed app. */
export function write(calendly: Calendly, order: Order): Letters {
  const subject = subjectOf(calendly.people, order);
  const body = JSON.stringify(
    putNulls(mergePatch(buildEnvelope(order, subject), order.patch), calendly.switches.current().nulls),
  );
  const { event, at, forge, id = randomUUID() } = order;
  return addresses(calendly, order, subject.person).map(({ url, signing_key: key = calendly.app.webhookSecret }) => {
    const sealed = seal({ body, at, key, forge }, sign);
    return { provider: "calendly", event, id, url, ...sealed, deadlineMs: 15_000 };
  });
}

type Address = Pick<Subscription, "url" | "signing_key">;

function addresses({ subscriptions }: Calendly, { to, event }: Order, person: CalendlyPerson): Address[] {
  if (to !== undefined) return [{ url: to }];
  const reaches = ({ scope, user, organization }: Subscription): boolean =>
    scope === "user" ? user === userUri(person) : organization === organizationUri(person);
  return subscriptions.list().filter((one) => one.events.some((wanted) => wanted === event) && reaches(one));
}

/** `Calendly-Webhook-Signature`, over `<seconds>.<body>`; the app has one key for all subscriptions. */
function sign({ body, at, signedAt, key }: Signing): Headers {
  if (key === undefined) return jsonBody;
  const signature = hmac(key, `${unixSeconds(signedAt)}.${body}`);
  return { ...jsonBody, "calendly-webhook-signature": `t=${unixSeconds(at)},v1=${signature}` };
}

/** The person disconnects the app: the app is not told, and its subscriptions outlive the grant. */
export function remove({ grants }: Calendly, person: string): Removal {
  const standing = grants.standingOf(person);
  for (const grant of standing) grants.end(grant);
  return { ended: standing.length, letters: [] };
}
