import type { ServerResponse } from "node:http";

/** Headers that a response does not know yet, as `writeHead` takes them: names and values in turn. */
export type RawHeaders = readonly string[];

/** Answers with JSON, through Express or past it. */
// oxlint-disable-next-line max-params -- a head is what only those past Express have
export function sendJson(response: ServerResponse, status: number, body: unknown, head: RawHeaders = []): void {
  sendJsonText(response, status, JSON.stringify(body), head);
}

/** The same, with JSON that is text already. */
// oxlint-disable-next-line max-params -- as above
export function sendJsonText(response: ServerResponse, status: number, text: string, head: RawHeaders): void {
  const length = String(Buffer.byteLength(text));
  response.writeHead(status, [...head, "Content-Type", "application/json; charset=utf-8", "Content-Length", length]);
  response.end(text);
}

/** Sends the browser elsewhere. */
export function redirect(response: ServerResponse, to: string): void {
  response.statusCode = 302;
  response.setHeader("Location", to);
  response.setHeader("Content-Length", 0);
  response.end();
}
