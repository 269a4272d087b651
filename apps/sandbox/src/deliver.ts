import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Answer } from "./wire.ts";

/** A wait that does not keep a closed sandbox alive. */
async function pause(ms: number | undefined): Promise<void> {
  if (ms !== undefined) await wait(ms, undefined, { ref: false });
}

export interface Pace {
  readonly delayMs?: number | undefined;
  readonly trickleMs?: number | undefined;
}

export interface Manner extends Pace {
  /** What `Content-Encoding` says, and with gzip also does. */
  readonly encoding?: "gzip" | "utf-8" | undefined;
  /** Begin the body with a byte order mark. */
  readonly byteOrderMark?: boolean | undefined;
  /** Cut the connection after the headers, or when half of the body is out. */
  readonly cutAt?: "headers" | "body" | undefined;
}

/** Sends an answer, as slowly and in such an encoding as was ordered. */
export async function deliver(response: ServerResponse, answer: Answer, manner: Manner = {}): Promise<void> {
  const { delayMs, trickleMs, encoding, cutAt } = manner;
  await pause(delayMs);
  response.writeHead(answer.status, { ...answer.headers, ...(encoding && { "content-encoding": encoding }) });
  const body = encodeBody(answer.body, manner);
  if (cutAt !== undefined) sendPart(response, body.subarray(0, cutAt === "body" ? body.length / 2 : 0));
  else if (trickleMs === undefined) response.end(body);
  else await trickle(response, body, trickleMs);
}

function encodeBody(text: string, { encoding, byteOrderMark = false }: Manner): Buffer {
  const body = Buffer.from(byteOrderMark ? `\uFEFF${text}` : text);
  return encoding === "gzip" ? gzipSync(body) : body;
}

/** Sends the headers and a part of the body, and closes the connection before the rest. */
function sendPart(response: ServerResponse, part: Buffer): void {
  response.flushHeaders();
  if (part.length > 0) response.write(part);
  response.socket?.destroySoon();
}

async function trickle(response: ServerResponse, body: Buffer, everyMs: number): Promise<void> {
  response.flushHeaders();
  for (const byte of body) {
    await pause(everyMs);
    if (response.destroyed) return;
    response.write(Uint8Array.of(byte));
  }
  response.end();
}

/** Cuts the connection without a word. */
export async function cut(response: ServerResponse, pace: Pace = {}): Promise<void> {
  await pause(pace.delayMs);
  response.socket?.destroy();
}
