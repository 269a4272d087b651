import { z } from "zod";
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
import { type CalendlySubscription, newSubscriptionSchema } from "./subscription-store.ts";

/** `POST https://api.calendly.com/webhook_subscriptions`. */
export function createEndpoint(calendly: CalendlyState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    const person = requirePerson(calendly, request, ["webhooks:write"]);
    if (calendly.switches.current().freePlan) throw freePlan();
    const asked = newSubscriptionSchema.safeParse(parseJson(request.body));
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
