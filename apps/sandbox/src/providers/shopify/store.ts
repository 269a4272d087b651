import {
  htmlResponse,
  jsonResponse,
  Refusal,
  type ProviderResponse,
  type ProviderRequest,
} from "../../http/messages.ts";
import { renderNoticePage } from "../../page/notice.ts";
import type { ShopifyPerson, StoreState } from "./people.ts";
import { adminRefusal, unknownShop } from "./refusals.ts";
import { findOwner, type ShopifyState } from "./shopify.ts";

/** The response of each host of a store that is not open. The words of the last two are approximate. */
const closed: Readonly<Partial<Record<StoreState, { status: number; errors: string }>>> = {
  frozen: { status: 402, errors: "Unavailable Shop" },
  locked: { status: 423, errors: "Locked" },
  fraudulent: { status: 403, errors: "Forbidden" },
  gone: { status: 404, errors: "Not Found" },
};

/** Returns the store of an API request. Throws Shopify's response if there is no store or if it is closed. */
export function requireOpenStore(shopify: ShopifyState, request: ProviderRequest): ShopifyPerson {
  const owner = findOwner(shopify, request.host);
  if (owner === undefined) throw adminRefusal(404, "Not Found");
  const problem = owner.state && closed[owner.state];
  if (problem) throw adminRefusal(problem.status, problem.errors);
  return owner;
}

/** Returns the store whose pages a browser opens. Throws Shopify's page if the store has no pages. */
export function requireBrowsedStore(shopify: ShopifyState, request: ProviderRequest): ShopifyPerson {
  const owner = findOwner(shopify, request.host);
  if (owner === undefined || owner.state === "gone") throw unknownShop();
  const problem = owner.state && closed[owner.state];
  if (problem) throw new Refusal(unavailablePage(problem.status));
  return owner;
}

function unavailablePage(status: number): ProviderResponse {
  const text = "The store's owner has to sign in to Shopify and put its account in order.";
  return htmlResponse(status, renderNoticePage({ title: "Shopify", heading: "This store is unavailable", text }));
}

/** GraphQL answers this, with status 200, while a store is paused. */
export const inactiveShop = (): ProviderResponse =>
  jsonResponse(200, { errors: [{ message: "The shop is not active.", extensions: { code: "SHOP_INACTIVE" } }] });
