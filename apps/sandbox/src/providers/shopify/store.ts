import { html, json, Refusal, type Answer, type Call } from "../../wire.ts";
import { noticePage } from "../../page/notice.ts";
import type { ShopifyPerson, StoreState } from "./people.ts";
import { adminRefusal, unknownShop } from "./refusals.ts";
import { ownerOf, type Shopify } from "./shopify.ts";

/** What each host of a store answers while it is not open; the words of the last two are approximate. */
const closed: Readonly<Partial<Record<StoreState, { status: number; errors: string }>>> = {
  frozen: { status: 402, errors: "Unavailable Shop" },
  locked: { status: 423, errors: "Locked" },
  fraudulent: { status: 403, errors: "Forbidden" },
  gone: { status: 404, errors: "Not Found" },
};

/** Finds the store that an API call goes to; throws what Shopify answers if there is none or if it is closed. */
export function openStore(shopify: Shopify, call: Call): ShopifyPerson {
  const owner = ownerOf(shopify, call.host);
  if (owner === undefined) throw adminRefusal(404, "Not Found");
  const problem = owner.state && closed[owner.state];
  if (problem) throw adminRefusal(problem.status, problem.errors);
  return owner;
}

/** Finds the store whose pages a browser opens; throws the page that Shopify shows if it has no pages. */
export function browsedStore(shopify: Shopify, call: Call): ShopifyPerson {
  const owner = ownerOf(shopify, call.host);
  if (owner === undefined || owner.state === "gone") throw unknownShop();
  const problem = owner.state && closed[owner.state];
  if (problem) throw new Refusal(unavailablePage(problem.status));
  return owner;
}

function unavailablePage(status: number): Answer {
  const text = "The store's owner has to sign in to Shopify and put its account in order.";
  return html(status, noticePage({ title: "Shopify", heading: "This store is unavailable", text }));
}

/** What GraphQL answers, with status 200, while a store is paused. */
export const inactiveShop = (): Answer =>
  json(200, { errors: [{ message: "The shop is not active.", extensions: { code: "SHOP_INACTIVE" } }] });
