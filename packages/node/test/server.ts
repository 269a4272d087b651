import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** A request as the server got it. */
export interface Got {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An answer: its status, its body as JSON or as text, and headers. */
export type Given = { status?: number; json?: unknown; text?: string; headers?: Record<string, string> };

/** What a request is answered with. */
export type Answer = Given | ((response: ServerResponse) => void);

/** A server that gives these answers in turn, the last one again and again, and ends with the test. */
export async function serve(...answers: readonly Answer[]): Promise<{ url: string; got: Got[] }> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(got.length, answers.length - 1)] ?? {};
    const { method, url, headers } = request;
    const saved: Got = { method, url, headers, body: "" };
    got.push(saved);
    void text(request).then((body) => {
      saved.body = body;
      return typeof answer === "function" ? answer(response) : send(response, answer);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got };
}

function send(
  response: ServerResponse,
  { status = 200, json = {}, text = JSON.stringify(json), headers = {} }: Given,
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
}
