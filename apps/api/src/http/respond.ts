import type { ServerResponse } from "node:http";

/** Headers as `writeHead` takes them: names and values in turn. Written at once, they cost less than set one by one. */
export type RawHeaders = readonly string[];

/** Answers with JSON. `head`: headers that the response does not have yet. */
// oxlint-disable-next-line max-params -- only the fast path has a head
export function sendJson(response: ServerResponse, status: number, body: unknown, head: RawHeaders = []): void {
  sendJsonText(response, status, JSON.stringify(body), head);
}

/** Answers with JSON that is text already. */
// oxlint-disable-next-line max-params -- as above
export function sendJsonText(response: ServerResponse, status: number, text: string, head: RawHeaders): void {
  const length = String(Buffer.byteLength(text));
  response.writeHead(status, [...head, "Content-Type", "application/json; charset=utf-8", "Content-Length", length]);
  response.end(text);
}

/** Answers with a status and headers alone. */
export function sendEmpty(response: ServerResponse, status: number, head: RawHeaders = []): void {
  response.writeHead(status, [...head]).end();
}

/** Sends the browser elsewhere. */
export function redirect(response: ServerResponse, to: string, status: 302 | 303 = 302): void {
  response.statusCode = status;
  response.setHeader("Location", to);
  response.setHeader("Content-Length", 0);
  response.end();
}

/** Our pages that show connections: of who has signed in here, and of a connect session. */
export type ConnectionsPage = "/integrations" | "/connect";

/** Sends the browser to a page. The paths are constants; what comes along are hints for display. */
export function redirectToPage(
  response: ServerResponse,
  parameters: Readonly<Record<string, string>>,
  page: ConnectionsPage = "/integrations",
): void {
  redirect(response, `${page}?${new URLSearchParams(parameters).toString()}`);
}

/** Sets headers one by one, for an answer that is written in many places. */
export function setHeaders(response: ServerResponse, head: RawHeaders): void {
  for (let at = 0; at < head.length; at += 2) response.setHeader(head[at] ?? "", head[at + 1] ?? "");
}
