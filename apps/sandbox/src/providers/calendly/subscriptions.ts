import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { loopbackUrl } from "../../webhooks/loopback.ts";
import { type Answer, type Call, empty, json, parseJson, type Refusal } from "../../wire.ts";
import type { Calendly } from "./calendly.ts";
import { type CalendlyPerson, organizationUri, userUri } from "./people.ts";
import { apiRefusal } from "./refusals.ts";
import { authorized, rateHeaders } from "./users.ts";

const events = z.enum([
  "invitee.created",
  "invitee.canceled",
  "invitee_no_show.created",
  "invitee_no_show.deleted",
  "routing_form_submission.created",
]);

const wanted = z.object({
  /** HTTPS; here http is taken as well, if it stays on this machine. */
  url: z.url({ protocol: /^https$/ }).or(loopbackUrl),
  events: z.array(events).min(1),
  organization: z.string(),
  scope: z.enum(["user", "organization"]),
  user: z.string().optional(),
  signing_key: z.string().min(1).optional(),
});

export interface Subscription extends z.infer<typeof wanted> {
  readonly uuid: string;
  readonly creator: string;
  readonly createdAt: string;
}

export interface Subscriptions {
  list(): Subscription[];
  find(uuid: string): Subscription | undefined;
  /** Undefined where a subscription has this URL already, whoever made it. */
  add(subscription: Omit<Subscription, "uuid" | "createdAt">): Subscription | undefined;
  drop(uuid: string): void;
  clear(): void;
}

export function createSubscriptions(clock: Clock): Subscriptions {
  const byUuid = new Map<string, Subscription>();
  const urls = new Set<string>();
  return {
    list: () => [...byUuid.values()],
    find: (uuid) => byUuid.get(uuid),
    add: (fields) => {
      if (urls.has(fields.url)) return undefined;
      const subscription = { ...fields, uuid: randomUUID(), createdAt: iso(clock.now()) };
      byUuid.set(subscription.uuid, subscription);
      urls.add(fields.url);
      return subscription;
    },
    drop: (uuid) => {
      urls.delete(byUuid.get(uuid)?.url ?? "");
      byUuid.delete(uuid);
    },
    clear: () => {
      byUuid.clear();
      urls.clear();
    },
  };
}

/** With microseconds, as Calendly writes its moments. */
export const iso = (ms: number): string => new Date(ms).toISOString().replace("Z", "000Z");

/** `POST https://api.calendly.com/webhook_subscriptions`. */
export function createEndpoint(calendly: Calendly): (call: Call) => Answer {
  return (call) => {
    const person = authorized(calendly, call, ["webhooks:write"]);
    if (calendly.switches.current().freePlan) throw freePlan();
    const asked = wanted.safeParse(parseJson(call.body));
    if (!asked.success) throw invalid(asked.error);
    judgeReach(person, asked.data);
    const made = calendly.subscriptions.add({ ...asked.data, creator: userUri(person) });
    if (made === undefined) throw apiRefusal(409, "Already Exists", { message: "Hook with this url already exists" });
    return json(201, { resource: resource(made) }, rateHeaders);
  };
}

/** The words are approximate; that it is a 403 which tells of a paid plan is known. */
const freePlan = (): Refusal =>
  apiRefusal(403, "Permission Denied", { message: "Please upgrade your Calendly account to Standard or higher." });

const denied = (): Refusal =>
  apiRefusal(403, "Permission Denied", { message: "You do not have permission to access this resource." });

function invalid({ issues }: z.ZodError): Refusal {
  const details = issues.map(({ path, message }) => ({ parameter: path.join("."), message }));
  return apiRefusal(400, "Invalid Argument", { message: "The supplied parameters are invalid.", details });
}

type Reach = Pick<Subscription, "scope" | "organization" | "user">;

/** Nobody subscribes for another user or organization. */
function judgeReach(person: CalendlyPerson, { scope, organization, user }: Reach): void {
  if (organization !== organizationUri(person)) throw denied();
  if (scope === "user" && user !== userUri(person)) throw denied();
}

const listed = z.object({
  organization: z.string(),
  scope: z.enum(["user", "organization"]),
  user: z.string().optional(),
  count: z.coerce.number().int().min(1).max(100).default(20),
  page_token: z.coerce.number().int().min(0).default(0),
});

/** `GET https://api.calendly.com/webhook_subscriptions`: the page token is a place in the list. */
export function listEndpoint(calendly: Calendly): (call: Call) => Answer {
  return (call) => {
    const person = authorized(calendly, call, ["webhooks:read", "webhooks:write"]);
    const asked = listed.safeParse(Object.fromEntries(call.query));
    if (!asked.success) throw invalid(asked.error);
    judgeReach(person, asked.data);
    const { scope, organization, user, count, page_token: from } = asked.data;
    const all = calendly.subscriptions
      .list()
      .filter(
        (one) => one.scope === scope && one.organization === organization && (scope !== "user" || one.user === user),
      );
    const collection = all.slice(from, from + count).map(resource);
    const next = all.length > from + count ? from + count : undefined;
    const previous = from > 0 ? Math.max(0, from - count) : undefined;
    const pagination = {
      count: collection.length,
      ...pageLinks(call, "next", next),
      ...pageLinks(call, "previous", previous),
    };
    return json(200, { collection, pagination }, rateHeaders);
  };
}

/** The address of another page and its token; both are null where there is none. */
function pageLinks({ host, path, query }: Call, side: "next" | "previous", from: number | undefined): object {
  if (from === undefined) return { [`${side}_page`]: null, [`${side}_page_token`]: null };
  const asked = new URLSearchParams(query);
  asked.set("page_token", String(from));
  return { [`${side}_page`]: `https://${host}${path}?${asked.toString()}`, [`${side}_page_token`]: String(from) };
}

/** `GET https://api.calendly.com/webhook_subscriptions/:uuid`. */
export function readEndpoint(calendly: Calendly): (call: Call, params: Params) => Answer {
  return (call, { uuid = "" }) => {
    const person = authorized(calendly, call, ["webhooks:read", "webhooks:write"]);
    return json(200, { resource: resource(own(calendly, person, uuid)) }, rateHeaders);
  };
}

/** `DELETE https://api.calendly.com/webhook_subscriptions/:uuid`. */
export function deleteEndpoint(calendly: Calendly): (call: Call, params: Params) => Answer {
  return (call, { uuid = "" }) => {
    const person = authorized(calendly, call, ["webhooks:write"]);
    calendly.subscriptions.drop(own(calendly, person, uuid).uuid);
    return empty(204, rateHeaders);
  };
}

type Params = Readonly<Record<string, string>>;

function own({ subscriptions }: Calendly, person: CalendlyPerson, uuid: string): Subscription {
  const found = subscriptions.find(uuid);
  if (found?.organization !== organizationUri(person))
    throw apiRefusal(404, "Resource Not Found", { message: "The server could not find the requested resource." });
  return found;
}

const resource = ({ uuid, url, events, scope, organization, user, creator, createdAt }: Subscription): object => ({
  uri: `https://api.calendly.com/webhook_subscriptions/${uuid}`,
  callback_url: url,
  created_at: createdAt,
  updated_at: createdAt,
  retry_started_at: null,
  state: "active",
  events,
  scope,
  organization,
  user: user ?? null,
  group: null,
  creator,
});
