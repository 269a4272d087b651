import { z } from "zod";
import { ConnectError } from "../../errors.ts";
import {
  parseJsonAs,
  parseJsonBody,
  assertNotTransient,
  unrecognizedResponseError,
  type HttpResponse,
  type ProviderRequest,
} from "../../http/index.ts";
import { callProvider, type Access } from "../../oauth/index.ts";

const api = "https://api.calendly.com";
const what = "Calendly's webhook subscriptions";

const me = z.object({ resource: z.object({ uri: z.url(), current_organization: z.url().nullish() }) });

/** Whose events: the user's own. Those of the whole organization are for its admins. */
async function scopeOf(access: Access) {
  const { resource } = await callProvider(access, {
    url: `${api}/users/me`,
    schema: me,
    endpoint: "Calendly's users/me",
  });
  const { uri: user, current_organization: organization } = resource;
  // Subscriptions are an organization's: a user without one works without events.
  if (!organization) throw new ConnectError("access_denied", "the Calendly user has no organization");
  return { organization, user, scope: "user" };
}

/** Asks for the user's own invitations. A plan without webhooks, or a grant without their scope, is `access_denied`. */
export async function subscribeToCalendly(access: Access, address: string): Promise<void> {
  const wanted = { url: address, events: ["invitee.created", "invitee.canceled"], ...(await scopeOf(access)) };
  const answer = await sendToCalendly(access, `${api}/webhook_subscriptions`, {
    method: "POST",
    body: JSON.stringify(wanted),
  });
  if (answer.status === 201 && parseJsonAs(answer, registered)) return;
  if (answer.status === 409 && titleOf(answer) === "Already Exists") return;
  throw toSubscriptionError(answer);
}

const registered = z.object({ resource: z.object({ uri: z.string() }) });

const page = z.object({
  collection: z.array(z.object({ uri: z.string(), callback_url: z.string() })),
  pagination: z.object({ next_page_token: z.string().nullish() }).nullish(),
});
const mostPages = 10;

/** Removes every subscription of the account to our address. */
export async function unsubscribeFromCalendly(access: Access, address: string): Promise<void> {
  // All are found before any goes: removing one could move the pages.
  for (const uri of await listSubscriptions(access, address)) await removeSubscription(access, uri);
}

async function listSubscriptions(access: Access, address: string): Promise<string[]> {
  const scope = await scopeOf(access);
  const found: string[] = [];
  let token: string | undefined;
  for (let pages = 0; pages < mostPages; pages++) {
    const query = new URLSearchParams({ ...scope, count: "100", ...(token && { page_token: token }) });
    const answer = await sendToCalendly(access, `${api}/webhook_subscriptions?${query.toString()}`, {});
    if (answer.status !== 200) throw toSubscriptionError(answer);
    const { collection, pagination } = parseJsonBody(answer, page, what);
    found.push(...collection.filter(({ callback_url }) => callback_url === address).map(({ uri }) => uri));
    token = pagination?.next_page_token ?? undefined;
    if (!token) break;
  }
  return found;
}

/** The address is Calendly's own whatever the answer said: the token goes nowhere else. */
async function removeSubscription(access: Access, uri: string): Promise<void> {
  const id = /^https:\/\/api\.calendly\.com\/webhook_subscriptions\/([\w-]+)$/.exec(uri)?.[1];
  if (id === undefined) throw new ConnectError("provider_misbehaved", `${what} have an address of another shape`);
  const answer = await sendToCalendly(access, `${api}/webhook_subscriptions/${id}`, { method: "DELETE" });
  if (answer.status === 204 && answer.text === "") return;
  if (answer.status === 404 && titleOf(answer) === "Resource Not Found") return;
  throw toSubscriptionError(answer);
}

async function sendToCalendly(
  { http, credentials }: Access,
  url: string,
  request: ProviderRequest,
): Promise<HttpResponse> {
  const answer = await http.send(url, {
    ...request,
    headers: {
      authorization: `Bearer ${credentials.accessToken ?? ""}`,
      ...(request.body !== undefined && { "content-type": "application/json" }),
    },
  });
  assertNotTransient(answer, what);
  return answer;
}

const failed = z.object({ title: z.string(), message: z.string() });

/** The title of an error in Calendly's own shape; undefined for an answer that is none. */
function titleOf(answer: HttpResponse): string | undefined {
  return parseJsonAs(answer, failed)?.title;
}

/** Whether Calendly itself says that the grant does not reach so far. */
export function isForbidden(answer: HttpResponse): boolean {
  return answer.status === 403 && titleOf(answer) !== undefined;
}

/** The plan or the scopes do not allow it (403), the token is dead (401): in Calendly's own words. */
function toSubscriptionError(answer: HttpResponse): ConnectError {
  if (isForbidden(answer)) return new ConnectError("access_denied", `${what} answered 403`);
  if (answer.status === 401 && titleOf(answer) === "Unauthenticated")
    return new ConnectError("needs_reconnect", `${what} answered 401`);
  return unrecognizedResponseError(answer, what);
}
