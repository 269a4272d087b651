import { hex } from "../../mint.ts";
import { noticePage } from "../../page/notice.ts";
import { html, json, Refusal, uncached } from "../../wire.ts";

/** On every answer of the API. */
export const debugId = () => ({ "paypal-debug-id": hex(7) });

interface Problem {
  readonly error: string;
  readonly description: string;
}

/** An OAuth error; `access_denied` and the like come with an id for PayPal's support. */
export function tokenRefusal(status: number, { error, description }: Problem): Refusal {
  const id = hex(7);
  const body = {
    error_description: description,
    error,
    correlation_id: id,
    information_link: "https://developer.paypal.com/docs/api/#errors",
  };
  return new Refusal(json(status, body, { ...uncached, "paypal-debug-id": id }));
}

/** The short form, without the support id. */
export function plainRefusal(status: number, { error, description }: Problem): Refusal {
  return new Refusal(json(status, { error, error_description: description }, { ...uncached, ...debugId() }));
}

/** The authorize endpoint explains nothing and redirects nowhere. */
export function pageRefusal(status = 400): Refusal {
  const text = "Things don't appear to be working at the moment. Please try again later.";
  return new Refusal(html(status, noticePage({ title: "PayPal", heading: "Sorry, something went wrong", text })));
}

export function restRefusal(status: number, name: string, message: string): Refusal {
  const id = hex(7);
  return new Refusal(json(status, { name, message, debug_id: id, details: [], links: [] }, { "paypal-debug-id": id }));
}
