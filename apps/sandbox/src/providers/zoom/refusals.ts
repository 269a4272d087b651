import { opaque } from "../../mint.ts";
import { noticePage } from "../../page/notice.ts";
import { html, json, Refusal, uncached } from "../../wire.ts";

/** On every answer of the API, for Zoom's support. */
export const trackingId = () => ({ "x-zm-trackingid": `v=2.0;clid=us04;rid=WEB_${opaque(12)}` });

/** An OAuth error: the text comes first, and it may repeat what was sent. */
export function oauthRefusal(status: number, error: string, reason: string): Refusal {
  return new Refusal(json(status, { reason, error }, { ...uncached, ...trackingId() }));
}

export function apiRefusal(status: number, code: number, message: string): Refusal {
  return new Refusal(json(status, { code, message }, trackingId()));
}

/** Errors of the authorize endpoint are a page for browsers and JSON for others; neither leads back to the app. */
export function authorizeRefusal(accept: string, code: number, message: string): Refusal {
  if (!accept.includes("text/html"))
    return new Refusal(json(400, { status: false, errorCode: code, errorMessage: message, result: null }));
  const text = `${message} (${code.toLocaleString("en")})`;
  return new Refusal(html(400, noticePage({ title: "Zoom", heading: "You cannot authorize the app", text })));
}
