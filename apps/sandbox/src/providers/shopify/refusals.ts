import { renderNoticePage } from "../../page/notice.ts";
import {
  type ProviderResponse,
  type ProviderRequest,
  htmlResponse,
  jsonResponse,
  Refusal,
  noStoreHeaders,
} from "../../http/messages.ts";

/** An OAuth error. */
export interface ShopifyError {
  readonly error: string;
  readonly description: string;
}

/** Builds an OAuth error as a page, for requests that do not ask for JSON. It never leads back to the app. */
function errorPage(status: number, { error, description }: ShopifyError): ProviderResponse {
  const title = `${status} - Oauth error ${error}`;
  return htmlResponse(
    status,
    renderNoticePage({ title, heading: `Oauth error ${error}: ${description}`, text: "Shopify" }),
  );
}

/** Builds an OAuth error as a page. */
export const pageRefusal = (problem: ShopifyError): Refusal => new Refusal(errorPage(400, problem));

/** Whether a request asks for JSON. */
export const asksForJson = (request: ProviderRequest): boolean =>
  request.header("accept")?.includes("application/json") ?? false;

/** Builds an error of the token endpoint: a page, unless `Accept` names JSON. */
export function tokenRefusal(request: ProviderRequest, status: number, problem: ShopifyError): Refusal {
  if (!asksForJson(request)) return new Refusal(errorPage(status, problem));
  return new Refusal(
    jsonResponse(status, { error: problem.error, error_description: problem.description }, noStoreHeaders),
  );
}

/** Builds an error of the Admin API: `errors` is a string. */
export const adminRefusal = (status: number, errors: string): Refusal => new Refusal(jsonResponse(status, { errors }));

/** Builds the response for a shop that does not exist. */
export const unknownShop = (): Refusal =>
  new Refusal(
    htmlResponse(
      404,
      renderNoticePage({
        title: "Shopify",
        heading: "Sorry, this shop is currently unavailable.",
        text: "There is no such shop.",
      }),
    ),
  );
