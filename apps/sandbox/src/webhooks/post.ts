import { type Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import type { WebhookDelivery } from "./delivery.ts";
import { notLoopbackMessage, isLoopback } from "./loopback.ts";

/** The result of one attempt. Status 0 means that there was no response; the body then says why. */
export interface PostResult {
  readonly status: number;
  readonly body: string;
}

/** The connections to use, and the signal that stops the request. */
export interface PostOptions {
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

const maxBodyBytes = 65_536;

/** Posts a delivery once. It follows no redirect and never throws. */
export async function postDelivery(delivery: WebhookDelivery, wire: PostOptions): Promise<PostResult> {
  if (!isLoopback(delivery.url)) return { status: 0, body: notLoopbackMessage };
  if (wire.signal.aborted) return { status: 0, body: "The sandbox is closing." };
  const { sent, outcome } = startPost(delivery, wire);
  const { lost, ...came } = await outcome;
  return lost && sent.reusedSocket ? postDelivery(delivery, wire) : came;
}

interface PostAttempt {
  readonly sent: ClientRequest;
  readonly outcome: Promise<PostResult & { readonly lost: boolean }>;
}

/** `lost`: the receiver had closed a kept-open connection before it read the request. */
function startPost({ url, headers, body, deadlineMs }: WebhookDelivery, { agent, signal }: PostOptions): PostAttempt {
  const length = Buffer.byteLength(body);
  const sent = request(url, { method: "POST", agent, signal, headers: { ...headers, "content-length": length } });
  let late: NodeJS.Timeout | undefined;
  const outcome = new Promise<PostResult & { lost: boolean }>((resolve) => {
    // The deadline does not include the wait for a free connection.
    sent.on("socket", () => {
      late = setTimeout(() => sent.destroy(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs).unref();
    });
    sent.on("error", (error) =>
      resolve({ status: 0, body: error.message, lost: "code" in error && error.code === "ECONNRESET" }),
    );
    sent.on("response", (response) => {
      readBody(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, body: text, lost: false }),
        (error: unknown) => resolve({ status: 0, body: String(error), lost: false }),
      );
    });
    sent.end(body);
  });
  return { sent, outcome: outcome.finally(() => clearTimeout(late)) };
}

/** Reads the response and keeps the beginning of its text. */
async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (size < maxBodyBytes) chunks.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(chunks).subarray(0, maxBodyBytes).toString("utf8");
}
