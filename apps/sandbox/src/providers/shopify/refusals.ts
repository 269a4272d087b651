import { noticePage } from "../../page/notice.ts";
import { type Answer, type Call, html, json, Refusal, uncached } from "../../wire.ts";

export interface Problem {
  readonly error: string;
  readonly description: string;
}

/** What an OAuth error looks like wherever JSON was not asked for; it never leads back to the app. */
function errorPage(status: number, { error, description }: Problem): Answer {
  const title = `${status} - Oauth error ${error}`;
  return html(status, noticePage({ title, heading: `Oauth error ${error}: ${description}`, text: "Shopify" }));
}

export const pageRefusal = (problem: Problem): Refusal => new Refusal(errorPage(400, problem));

export const asksForJson = (call: Call): boolean => call.header("accept")?.includes("application/json") ?? false;

/** An error of the token endpoint: a page, unless `Accept` names JSON. */
export function tokenRefusal(call: Call, status: number, problem: Problem): Refusal {
  if (!asksForJson(call)) return new Refusal(errorPage(status, problem));
  return new Refusal(json(status, { error: problem.error, error_description: problem.description }, uncached));
}

/** An error of the Admin API: `errors` is a string. */
export const adminRefusal = (status: number, errors: string): Refusal => new Refusal(json(status, { errors }));

export const unknownShop = (): Refusal =>
  new Refusal(
    html(
      404,
      noticePage({
        title: "Shopify",
        heading: "Sorry, this shop is currently unavailable.",
        text: "There is no such shop.",
      }),
    ),
  );
