import { randomAlphanumeric } from "../../random.ts";
import { jsonResponse, Refusal, noStoreHeaders } from "../../http/messages.ts";

/** Every response has this header, for Stripe's support. */
export const requestId = () => ({ "request-id": `req_${randomAlphanumeric(14)}` });

/** Builds an error of connect.stripe.com, where `error` is a string. */
export function oauthRefusal(status: number, error: string, description: string): Refusal {
  return new Refusal(
    jsonResponse(status, { error, error_description: description }, { ...noStoreHeaders, ...requestId() }),
  );
}

/** Builds an error of api.stripe.com, where `error` is an object. */
export function apiRefusal(status: number, error: Readonly<Record<string, string>>): Refusal {
  return new Refusal(jsonResponse(status, { error: { ...error, type: "invalid_request_error" } }, requestId()));
}

/** Masks a key as Stripe does: its kind and its last four characters stay. */
export function maskKey(key: string): string {
  const kind = /^[a-z]{2}_(test|live)_/.exec(key)?.[0] ?? "";
  return `${kind}${"*".repeat(20)}${key.slice(-4)}`;
}

/** Builds the message for an unknown key, which it masks. */
export const invalidKey = (key: string): string => `Invalid API Key provided: ${maskKey(key)}`;
