import { appName, type Removal } from "../../face.ts";
import type { Grant } from "../../grants.ts";
import { alphanumeric } from "../../mint.ts";
import { mergePatch, type Patch, putNulls } from "../../patch.ts";
import { type Headers, type Letter, type Letters, type Order, type Subject, subjectOf } from "../../webhooks/letter.ts";
import { hmac, jsonBody, seal, type Signing, unixSeconds } from "../../webhooks/seal.ts";
import { accountObject } from "./accounts.ts";
import type { StripePerson } from "./people.ts";
import { type Mode, modes, type Stripe } from "./stripe.ts";

const deauthorized = "account.application.deauthorized";

/** The one Connect endpoint of the platform hears of all connected accounts. */
export function write(stripe: Stripe, order: Order): Letters {
  return letters(stripe, order, modeOf(stripe, subjectOf(stripe.people, order).person));
}

/** The mode in which the account is connected: test, if it is in neither. */
function modeOf({ grants }: Stripe, { person }: StripePerson): Mode | undefined {
  const standing = grants.standingOf(person);
  return modes.find(({ name }) => standing.some(({ realm }) => realm === name)) ?? modes[0];
}

function letters(stripe: Stripe, order: Order, mode: Mode | undefined): Letter[] {
  const url = order.to ?? stripe.switches.current().webhookUrl;
  if (url === undefined || mode === undefined) return [];
  const { event, at, forge, patch, id = `evt_${alphanumeric(24)}` } = order;
  const written = eventObject({ ...order, id }, mode, subjectOf(stripe.people, order));
  const body = JSON.stringify(putNulls(mergePatch(written, patch), stripe.switches.current().nulls), null, 2);
  const sealed = seal({ body, at, key: mode.webhookSecret, forge }, sign);
  return [{ provider: "stripe", event, id, url, ...sealed, deadlineMs: 10_000 }];
}

/** `Stripe-Signature`, over `<seconds>.<body>`; of its schemes only `v1` counts, and `v0` is a decoy. */
function sign({ body, at, signedAt, key }: Signing): Headers {
  if (key === undefined) return jsonBody;
  const signature = hmac(key, `${unixSeconds(signedAt)}.${body}`);
  const decoy = hmac(`${key}v0`, `${unixSeconds(signedAt)}.${body}`);
  return { ...jsonBody, "stripe-signature": `t=${unixSeconds(at)},v1=${signature},v0=${decoy}` };
}

function eventObject({ event, id, at }: Order, mode: Mode, subject: Subject<StripePerson>): Patch {
  const { person, account = person.account } = subject;
  return {
    id,
    object: "event",
    account,
    api_version: "2026-10-28.endive",
    created: Math.floor(at / 1000),
    data: { object: about(event, mode, { ...person, account }) },
    livemode: mode.name === "live",
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: event,
  };
}

/** What a deauthorization is about is the app, not the account. */
function about(event: string, mode: Mode, person: StripePerson): Patch {
  if (event.startsWith("account.application.")) return { id: mode.clientId, object: "application", name: appName };
  if (event === "account.updated") return accountObject(person);
  const object = event.split(".").slice(0, -1).join(".");
  return { id: `${object.slice(0, 2)}_${alphanumeric(24)}`, object, livemode: mode.name === "live" };
}

/** Ends a connection, whoever asked for it; the platform is told in the background. */
export function end(stripe: Stripe, grant: Grant): void {
  stripe.grants.end(grant);
  stripe.outbox.later(farewell(stripe, grant));
}

function farewell(stripe: Stripe, { person, realm }: Grant): Letter[] {
  const mode = modes.find(({ name }) => name === realm);
  return letters(stripe, { event: deauthorized, person, at: stripe.clock.now() }, mode);
}

/** The person disconnects the platform in their dashboard, in test and live mode. */
export function remove(stripe: Stripe, person: string): Removal {
  const standing = stripe.grants.standingOf(person);
  for (const grant of standing) stripe.grants.end(grant);
  return { ended: standing.length, letters: standing.flatMap((grant) => farewell(stripe, grant)) };
}
