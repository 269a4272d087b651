import { z } from "zod";
import { ConnectError } from "../../errors.ts";
import { parseJsonAs, assertNotTransient, unrecognizedResponseError, type HttpResponse } from "../../http/index.ts";
import type { Access } from "../../oauth/index.ts";
import { optionalText } from "../fields.ts";

/** The version of the Admin API that we ask, and that back ends get. */
export const apiVersion = "2026-10";
const what = "Shopify's Admin API";

interface Document {
  query: string;
  variables?: Readonly<Record<string, string>>;
}

/**
 * Asks Shopify's Admin API, once, and gives its answer with status 200. Throws `grant_rejected` for a token that Shopify
 * says is dead, `account_paused` for a store that is closed, and `provider_unavailable` where the same will pass later.
 */
export async function graphql({ http, credentials }: Access, document: Document): Promise<HttpResponse> {
  const answer = await http.send(`https://${credentials.metadata["shop"]}/admin/api/${apiVersion}/graphql.json`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-shopify-access-token": credentials.accessToken ?? "" },
    body: JSON.stringify(document),
  });
  assertNotTransient(answer, what);
  if (isStorePaused(answer)) throw new ConnectError("account_paused", `${what} answered ${answer.status}`);
  if (answer.status !== 200) throw toShopifyError(answer);
  refuseByCode(answer);
  return answer;
}

const refused = z.object({ errors: z.string() });
/** What it says may also be a list, or an object with a field each. */
const shopifys = z.object({ errors: z.union([z.string().min(1), z.looseObject({}), z.array(z.unknown())]) });
const pausedStatuses = new Set([402, 403, 404, 423]);
const missingPermission = /scope|approval|access denied|permission/i;

/**
 * Whether Shopify says that the store is frozen, locked, closed or gone. Any of the statuses may be another's in its place:
 * it counts in Shopify's own shape or words. 402 and 423 then mean nothing else; 403 and 404 may be about the app itself.
 */
export function isStorePaused(answer: HttpResponse): boolean {
  const { status, text } = answer;
  if (!pausedStatuses.has(status)) return false;
  if (/\bthis (shop|store) is (currently )?unavailable\b/i.test(text.slice(0, 20_000))) return true;
  if (status === 402 || status === 423) return parseJsonAs(answer, shopifys) !== undefined;
  const errors = parseJsonAs(answer, refused)?.errors;
  return errors !== undefined && !errors.startsWith("[API]") && !missingPermission.test(errors);
}

/** A refusal in Shopify's own shape by what it says; any other answer proves nothing. */
function toShopifyError(answer: HttpResponse): ConnectError {
  const errors = parseJsonAs(answer, refused)?.errors;
  const said = `${what} answered ${answer.status}`;
  if (errors === undefined) return unrecognizedResponseError(answer, what);
  if (answer.status === 401 && /invalid api key or access token/i.test(errors))
    return new ConnectError("grant_rejected", said);
  if (answer.status !== 403) return unrecognizedResponseError(answer, what);
  return missingPermission.test(errors)
    ? new ConnectError("scope_missing", `${said}: a scope is missing`)
    : new ConnectError("provider_misconfigured", `${said}: it refuses this app's kind of token`);
}

const failed = z.object({
  errors: z.array(z.object({ extensions: z.object({ code: optionalText }).nullish().catch(undefined) })),
});

const codes = {
  THROTTLED: "provider_unavailable",
  SHOP_INACTIVE: "account_paused",
  ACCESS_DENIED: "scope_missing",
} as const;

/** What GraphQL says with status 200. */
function refuseByCode(answer: HttpResponse): void {
  const said = new Set(parseJsonAs(answer, failed)?.errors.map(({ extensions }) => extensions?.code));
  for (const [code, meaning] of Object.entries(codes)) {
    if (said.has(code)) throw new ConnectError(meaning, `${what} answered ${code}`);
  }
}
