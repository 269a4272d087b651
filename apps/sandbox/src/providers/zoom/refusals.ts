import { randomToken } from "../../random.ts";
import { renderNoticePage } from "../../page/notice.ts";
import { htmlResponse, jsonResponse, Refusal, noStoreHeaders } from "../../http/messages.ts";

/** Every response of the API has this header, for Zoom's support. */
export const trackingId = () => ({ "x-zm-trackingid": `v=2.0;clid=us04;rid=WEB_${randomToken(12)}` });

/** Builds an OAuth error. The text comes first and may repeat what was sent. */
export function oauthRefusal(status: number, error: string, reason: string): Refusal {
  return new Refusal(jsonResponse(status, { reason, error }, { ...noStoreHeaders, ...trackingId() }));
}

/** Builds an error of Zoom's API. */
export function apiRefusal(status: number, code: number, message: string): Refusal {
  return new Refusal(jsonResponse(status, { code, message }, trackingId()));
}

/** Builds an error of the authorize endpoint: a page for browsers, JSON for others. Neither leads back to the app. */
export function authorizeRefusal(accept: string, code: number, message: string): Refusal {
  if (!accept.includes("text/html"))
    return new Refusal(jsonResponse(400, { status: false, errorCode: code, errorMessage: message, result: null }));
  const text = `${message} (${code.toLocaleString("en")})`;
  return new Refusal(
    htmlResponse(400, renderNoticePage({ title: "Zoom", heading: "You cannot authorize the app", text })),
  );
}
