import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { loopbackUrl } from "../../webhooks/loopback.ts";
import {
  type ProviderResponse,
  type ProviderRequest,
  emptyResponse,
  jsonResponse,
  parseJson,
  type Refusal,
} from "../../http/messages.ts";
import type { CalendlyState } from "./calendly.ts";
import { type CalendlyPerson, buildOrganizationUri, buildUserUri } from "./people.ts";
import { apiRefusal } from "./refusals.ts";
import { requirePerson, rateHeaders } from "./api.ts";

const events = z.enum([
  "invitee.created",
  "invitee.canceled",
  "invitee_no_show.created",
  "invitee_no_show.deleted",
  "routing_form_submission.created",
]);

const wanted = z.object({
  /** Calendly demands HTTPS. The sandbox accepts http too, for addresses of this machine. */
  url: z.url({ protocol: /^https$/ }).or(loopbackUrl),
  events: z.array(events).min(1),
  organization: z.string(),
  scope: z.enum(["user", "organization"]),
  user: z.string().optional(),
  signing_key: z.string().min(1).optional(),
});

export interface CalendlySubscription extends z.infer<typeof wanted> {
  readonly uuid: string;
  readonly creator: string;
  readonly createdAt: string;
}

export interface CalendlySubscriptionStore {
  list(): CalendlySubscription[];
  find(uuid: string): CalendlySubscription | undefined;
  /** Returns undefined if a subscription has this URL already. */
  add(subscription: Omit<CalendlySubscription, "uuid" | "createdAt">): CalendlySubscription | undefined;
  drop(uuid: string): void;
  clear(): void;
}

export function createCalendlySubscriptions(clock: Clock): CalendlySubscriptionStore {
  const byUuid = new Map<string, CalendlySubscription>();
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

/** Formats a time with microseconds, as Calendly does. */
export const iso = (ms: number): string => new Date(ms).toISOString().replace("Z", "000Z");

/** `POST https://api.calendly.com/webhook_subscriptions`. */
export function createEndpoint(calendly: CalendlyState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    const person = requirePerson(calendly, request, ["webhooks:write"]);
    if (calendly.switches.current().freePlan) throw freePlan();
    const asked = wanted.safeParse(parseJson(request.body));
    if (!asked.success) throw invalid(asked.error);
    judgeReach(person, asked.data);
    const made = calendly.subscriptions.add({ ...asked.data, creator: buildUserUri(person) });
    if (made === undefined) throw apiRefusal(409, "Already Exists", { message: "Hook with this url already exists" });
    return jsonResponse(201, { resource: resource(made) }, rateHeaders);
  };
}

/** A free plan is answered with 403. The words are approximate. */
const freePlan = (): Refusal =>
  apiRefusal(403, "Permission Denied", { message: "Please upgrade your Calendly account to Standard or higher." });

const denied = (): Refusal =>
  apiRefusal(403, "Permission Denied", { message: "You do not have permission to access this resource." });

function invalid({ issues }: z.ZodError): Refusal {
  const details = issues.map(({ path, message }) => ({ parameter: path.join("."), message }));
  return apiRefusal(400, "Invalid Argument", { message: "The supplied parameters are invalid.", details });
}

type Reach = Pick<CalendlySubscription, "scope" | "organization" | "user">;

/** A user cannot subscribe for another user or organization. */
function judgeReach(person: CalendlyPerson, { scope, organization, user }: Reach): void {
  if (organization !== buildOrganizationUri(person)) throw denied();
  if (scope === "user" && user !== buildUserUri(person)) throw denied();
}

const listed = z.object({
  organization: z.string(),
  scope: z.enum(["user", "organization"]),
  user: z.string().optional(),
  count: z.coerce.number().int().min(1).max(100).default(20),
  page_token: z.coerce.number().int().min(0).default(0),
});

/** `GET https://api.calendly.com/webhook_subscriptions`. The page token is an index in the list. */
export function listEndpoint(calendly: CalendlyState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    const person = requirePerson(calendly, request, ["webhooks:read", "webhooks:write"]);
    const asked = listed.safeParse(Object.fromEntries(request.query));
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
      ...pageLinks(request, "next", next),
      ...pageLinks(request, "previous", previous),
    };
    return jsonResponse(200, { collection, pagination }, rateHeaders);
  };
}

/** Builds the address of another page and its token. Both are null if there is no such page. */
function pageLinks(
  { host, path, query }: ProviderRequest,
  side: "next" | "previous",
  from: number | undefined,
): object {
  if (from === undefined) return { [`${side}_page`]: null, [`${side}_page_token`]: null };
  const asked = new URLSearchParams(query);
  asked.set("page_token", String(from));
  return { [`${side}_page`]: `https://${host}${path}?${asked.toString()}`, [`${side}_page_token`]: String(from) };
}

/** `GET https://api.calendly.com/webhook_subscriptions/:uuid`. */
export function readEndpoint(calendly: CalendlyState): (request: ProviderRequest, params: Params) => ProviderResponse {
  return (request, { uuid = "" }) => {
    const person = requirePerson(calendly, request, ["webhooks:read", "webhooks:write"]);
    return jsonResponse(200, { resource: resource(own(calendly, person, uuid)) }, rateHeaders);
  };
}

/** `DELETE https://api.calendly.com/webhook_subscriptions/:uuid`. */
export function deleteEndpoint(
  calendly: CalendlyState,
): (request: ProviderRequest, params: Params) => ProviderResponse {
  return (request, { uuid = "" }) => {
    const person = requirePerson(calendly, request, ["webhooks:write"]);
    calendly.subscriptions.drop(own(calendly, person, uuid).uuid);
    return emptyResponse(204, rateHeaders);
  };
}

type Params = Readonly<Record<string, string>>;

function own({ subscriptions }: CalendlyState, person: CalendlyPerson, uuid: string): CalendlySubscription {
  const found = subscriptions.find(uuid);
  if (found?.organization !== buildOrganizationUri(person))
    throw apiRefusal(404, "Resource Not Found", { message: "The server could not find the requested resource." });
  return found;
}

const resource = ({
  uuid,
  url,
  events,
  scope,
  organization,
  user,
  creator,
  createdAt,
}: CalendlySubscription): object => ({
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
