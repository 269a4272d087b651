import type { ServerResponse } from "node:http";

/** Answers with JSON, through Express or past it. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.statusCode = status;
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.setHeader("Content-Length", Buffer.byteLength(text));
  response.end(text);
}

/** Sends the browser elsewhere. */
export function redirect(response: ServerResponse, to: string): void {
  response.statusCode = 302;
  response.setHeader("Location", to);
  response.setHeader("Content-Length", 0);
  response.end();
}
