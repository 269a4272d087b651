import { randomUUID } from "node:crypto";
import type { Removal } from "../../face.ts";
import { alphanumeric, digits } from "../../mint.ts";
import { mergePatch, type Patch, putNulls } from "../../patch.ts";
import { type Headers, type Letter, type Letters, type Order, type Subject, subjectOf } from "../../webhooks/letter.ts";
import { hmac, jsonBody, seal, type Signing, unixSeconds } from "../../webhooks/seal.ts";
import { parseJson } from "../../wire.ts";
import type { ZoomPerson } from "./people.ts";
import type { Zoom } from "./zoom.ts";

/** An event subscription and a deauthorization URL, which here are one address. Events have no id: their moment is it. */
export function write(zoom: Zoom, order: Order): Letters {
  const url = order.to ?? zoom.switches.current().webhookUrl;
  if (url === undefined) return [];
  const written = eventObject(zoom, order);
  const body = JSON.stringify(putNulls(mergePatch(written, order.patch), zoom.switches.current().nulls));
  const sealed = seal({ body, at: order.at, key: zoom.app.webhookSecret, forge: order.forge }, sign);
  const { event, id = randomUUID() } = order;
  return [{ provider: "zoom", event, id, url, ...sealed, deadlineMs: 3000, ...judgement(zoom, written.payload) }];
}

/** Zoom's documentation and typings put the moment of an `app_deauthorized` into its payload, that of others beside it. */
function eventObject(zoom: Zoom, order: Order): { readonly payload: Patch } & Patch {
  const { event } = order;
  const event_ts = order.at + (order.nth ?? 0);
  const payload = payloadOf(zoom, order);
  const { eventTs } = zoom.switches.current();
  if (event !== "app_deauthorized" || eventTs === "top") return { event, payload, event_ts };
  if (eventTs === "absent") return { event, payload };
  const moment = eventTs === "payload" ? event_ts : new Date(event_ts).toISOString().slice(0, 19).replace("T", " ");
  return { event, payload: { ...payload, event_ts: moment } };
}

/** `x-zm-signature`, over `v0:<seconds>:<body>`. */
function sign({ body, at, signedAt, key }: Signing): Headers {
  const stamped = { ...jsonBody, "x-zm-request-timestamp": unixSeconds(at) };
  if (key === undefined) return stamped;
  return { ...stamped, "x-zm-signature": `v0=${hmac(key, `v0:${unixSeconds(signedAt)}:${body}`)}` };
}

function payloadOf(zoom: Zoom, order: Order): Patch {
  const subject = subjectOf(zoom.people, order);
  if (order.event === "endpoint.url_validation") return { plainToken: alphanumeric(22) };
  if (order.event === "app_deauthorized") return deauthorization(zoom, subject, order.at);
  const { person, account = person.id } = subject;
  return {
    account_id: person.account_id,
    operator: person.email,
    operator_id: account,
    object: meeting(order, account),
  };
}

const deauthorization = ({ app }: Zoom, { person, account = person.id }: Subject<ZoomPerson>, at: number): Patch => ({
  account_id: person.account_id,
  user_id: account,
  signature: "",
  deauthorization_time: new Date(at).toISOString(),
  client_id: app.clientId,
});

const meeting = ({ at }: Order, host: string): Patch => ({
  uuid: randomUUID(),
  id: Number(digits(11)),
  host_id: host,
  topic: "Weekly sync",
  type: 2,
  start_time: new Date(at).toISOString(),
  duration: 30,
  timezone: "UTC",
});

/** The challenge is met by a keyed hash of its token. */
function judgement({ app }: Zoom, { plainToken }: Patch): Pick<Letter, "validates"> {
  if (typeof plainToken !== "string") return {};
  const right = { plainToken, encryptedToken: hmac(app.webhookSecret, plainToken) };
  const validates = (answer: string): boolean => {
    const given = parseJson(answer);
    return Object.entries(right).every(([name, value]) => valueOf(given, name) === value);
  };
  return { validates };
}

const valueOf = (given: unknown, name: string): unknown =>
  typeof given === "object" && given !== null ? Object.entries(given).find(([key]) => key === name)?.[1] : undefined;

/** The person removes the app from their Marketplace list. */
export function remove(zoom: Zoom, person: string): Removal {
  const standing = zoom.grants.standingOf(person);
  for (const grant of standing) zoom.grants.end(grant);
  const letters = standing.length === 0 ? [] : write(zoom, { event: "app_deauthorized", person, at: zoom.clock.now() });
  return { ended: standing.length, letters };
}
