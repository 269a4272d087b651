import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { ProviderResponse } from "./messages.ts";

/** Waits without keeping a closed sandbox alive. */
async function pause(ms: number | undefined): Promise<void> {
  if (ms !== undefined) await wait(ms, undefined, { ref: false });
}

/** How slowly a response is sent. */
export interface ResponseDelay {
  readonly delayMs?: number | undefined;
  readonly trickleMs?: number | undefined;
}

/** How the sending of a response goes wrong. */
export interface ResponseFault extends ResponseDelay {
  /** The value of `Content-Encoding`. With gzip the body is compressed. */
  readonly encoding?: "gzip" | "utf-8" | undefined;
  /** Begins the body with a byte order mark. */
  readonly byteOrderMark?: boolean | undefined;
  /** Closes the connection after the headers, or in the middle of the body. */
  readonly cutAt?: "headers" | "body" | undefined;
}

/** Sends a response with the delay, encoding and fault that were ordered. */
export async function sendResponse(
  response: ServerResponse,
  answer: ProviderResponse,
  manner: ResponseFault = {},
): Promise<void> {
  const { delayMs, trickleMs, encoding, cutAt } = manner;
  await pause(delayMs);
  response.writeHead(answer.status, { ...answer.headers, ...(encoding && { "content-encoding": encoding }) });
  const body = encodeBody(answer.body, manner);
  if (cutAt !== undefined) sendPart(response, body.subarray(0, cutAt === "body" ? body.length / 2 : 0));
  else if (trickleMs === undefined) response.end(body);
  else await sendSlowly(response, body, trickleMs);
}

function encodeBody(text: string, { encoding, byteOrderMark = false }: ResponseFault): Buffer {
  const body = Buffer.from(byteOrderMark ? `\uFEFF${text}` : text);
  return encoding === "gzip" ? gzipSync(body) : body;
}

/** Sends the headers and a part of the body, and closes the connection before the rest. */
function sendPart(response: ServerResponse, part: Buffer): void {
  response.flushHeaders();
  if (part.length > 0) response.write(part);
  response.socket?.destroySoon();
}

async function sendSlowly(response: ServerResponse, body: Buffer, everyMs: number): Promise<void> {
  response.flushHeaders();
  for (const byte of body) {
    await pause(everyMs);
    if (response.destroyed) return;
    response.write(Uint8Array.of(byte));
  }
  response.end();
}

/** Closes the connection without a response. */
export async function dropConnection(response: ServerResponse, pace: ResponseDelay = {}): Promise<void> {
  await pause(pace.delayMs);
  response.socket?.destroy();
}
