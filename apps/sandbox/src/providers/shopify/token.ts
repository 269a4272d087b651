import { hours } from "../../clock.ts";
import { inBody } from "../../client.ts";
import type { Code } from "../../grants.ts";
import { hex } from "../../mint.ts";
import { buildTokenAnswer } from "../../token-answer.ts";
import { type Answer, bodyFields, type Call } from "../../wire.ts";
import { isOnline, shopOf } from "./authorize.ts";
import { acquire, refresh } from "./offline.ts";
import type { ShopifyPerson } from "./people.ts";
import { asksForJson, type Problem, tokenRefusal } from "./refusals.ts";
import { granted } from "./scopes.ts";
import { ownerOf, type Shopify } from "./shopify.ts";
import { browsedStore, openStore } from "./store.ts";

/** `POST https://{shop}/admin/oauth/access_token`: credentials in the body, form or JSON; a code needs no grant type. */
export function tokenEndpoint(shopify: Shopify): (call: Call) => Answer {
  return (call) => {
    const fields = bodyFields(call);
    const owner = storeOf(shopify, call);
    const { status, ...problem } = clientProblem(shopify, fields);
    if (status !== 200) throw tokenRefusal(call, status, problem);
    const set = exchange(shopify, { call, fields, owner });
    return buildTokenAnswer({ set, switches: shopify.switches.current() });
  };
}

/** Whoever does not ask for JSON gets a page here. */
const storeOf = (shopify: Shopify, call: Call): ShopifyPerson =>
  asksForJson(call) && ownerOf(shopify, call.host) ? openStore(shopify, call) : browsedStore(shopify, call);

function clientProblem({ app }: Shopify, fields: URLSearchParams): Problem & { status: number } {
  const credentials = inBody(fields);
  if (!credentials)
    return { status: 400, error: "invalid_request", description: "Missing or invalid client credentials" };
  if (credentials.id !== app.clientId)
    return {
      status: 400,
      error: "application_cannot_be_found",
      description: "No application was found for this client_id",
    };
  if (credentials.secret !== app.clientSecret)
    return { status: 400, error: "invalid_client", description: "Client authentication failed" };
  return { status: 200, error: "", description: "" };
}

interface Request {
  readonly call: Call;
  readonly fields: URLSearchParams;
  readonly owner: ShopifyPerson;
}

function exchange(shopify: Shopify, { call, fields, owner }: Request): object {
  const type = fields.get("grant_type");
  if (type === "refresh_token") {
    const set = refresh(shopify, fields.get("refresh_token") ?? "", owner.shop);
    if (set) return set;
    const description = "This request requires an active refresh_token";
    throw tokenRefusal(call, 401, { error: "invalid_request", description });
  }
  if (type !== null && type !== "authorization_code")
    throw tokenRefusal(call, 400, { error: "unsupported_grant_type", description: "The grant type is not supported" });
  const code = shopify.grants.code(fields.get("code") ?? "");
  if (!code || !shopify.grants.isFresh(code) || shopOf(code.ask.realm) !== owner.shop) {
    const description = "The authorization code was not found or was already used";
    throw tokenRefusal(call, 400, { error: "invalid_request", description });
  }
  return isOnline(code.ask.realm)
    ? personal(shopify, code, owner)
    : acquire(shopify, code, fields.get("expiring") === "1" && !shopify.switches.current().nonExpiring);
}

/** A token of one person of the shop, for a day, which cannot be refreshed. */
function personal({ grants }: Shopify, code: Code, owner: ShopifyPerson): Record<string, unknown> {
  const scopes = granted(code.ask.scopes);
  code.grant = grants.open({ ...code.ask, scopes, realm: owner.shop, person: code.person });
  const access = grants.issue(code.grant, { kind: "access", value: `shpat_${hex(16)}`, lifetime: hours(24) });
  const [first_name = "", ...last] = owner.name.split(" ");
  return {
    access_token: access.value,
    scope: scopes.join(","),
    expires_in: 86_399,
    associated_user_scope: scopes.join(","),
    associated_user: {
      id: owner.shop_id + 1,
      first_name,
      last_name: last.join(" "),
      email: owner.email ?? null,
      email_verified: true,
      account_owner: true,
      locale: "en",
      collaborator: false,
    },
  };
}
