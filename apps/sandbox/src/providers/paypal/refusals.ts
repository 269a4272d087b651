import { randomHex } from "../../random.ts";
import { renderNoticePage } from "../../page/notice.ts";
import { htmlResponse, jsonResponse, Refusal, noStoreHeaders } from "../../http/messages.ts";

/** Every response of the API has this header. */
export const debugId = () => ({ "paypal-debug-id": randomHex(7) });

interface PaypalError {
  readonly error: string;
  readonly description: string;
}

/** Builds an OAuth error with an id for PayPal's support, as `access_denied` has it. */
export function tokenRefusal(status: number, { error, description }: PaypalError): Refusal {
  const id = randomHex(7);
  const body = {
    error_description: description,
    error,
    correlation_id: id,
    information_link: "https://developer.paypal.com/docs/api/#errors",
  };
  return new Refusal(jsonResponse(status, body, { ...noStoreHeaders, "paypal-debug-id": id }));
}

/** Builds an OAuth error in the short form, without the support id. */
export function plainRefusal(status: number, { error, description }: PaypalError): Refusal {
  return new Refusal(
    jsonResponse(status, { error, error_description: description }, { ...noStoreHeaders, ...debugId() }),
  );
}

/** Builds the error page of the authorize endpoint, which explains nothing and redirects nowhere. */
export function pageRefusal(status = 400): Refusal {
  const text = "Things don't appear to be working at the moment. Please try again later.";
  return new Refusal(
    htmlResponse(status, renderNoticePage({ title: "PayPal", heading: "Sorry, something went wrong", text })),
  );
}

/** Builds an error of PayPal's REST API. */
export function restRefusal(status: number, name: string, message: string): Refusal {
  const id = randomHex(7);
  return new Refusal(
    jsonResponse(status, { name, message, debug_id: id, details: [], links: [] }, { "paypal-debug-id": id }),
  );
}
