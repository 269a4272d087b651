import { alphanumeric } from "../../mint.ts";
import { json, Refusal, uncached } from "../../wire.ts";

/** On every answer, for Stripe's support. */
export const requestId = () => ({ "request-id": `req_${alphanumeric(14)}` });

/** An error of connect.stripe.com: `error` is a string there. */
export function oauthRefusal(status: number, error: string, description: string): Refusal {
  return new Refusal(json(status, { error, error_description: description }, { ...uncached, ...requestId() }));
}

/** An error of api.stripe.com: `error` is an object there. */
export function apiRefusal(status: number, error: Readonly<Record<string, string>>): Refusal {
  return new Refusal(json(status, { error: { ...error, type: "invalid_request_error" } }, requestId()));
}

/** A key as Stripe repeats it: its kind and its last four characters. */
export function masked(key: string): string {
  const kind = /^[a-z]{2}_(test|live)_/.exec(key)?.[0] ?? "";
  return `${kind}${"*".repeat(20)}${key.slice(-4)}`;
}

export const invalidKey = (key: string): string => `Invalid API Key provided: ${masked(key)}`;
