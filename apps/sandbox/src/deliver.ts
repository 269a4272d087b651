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
  readonly encoding?: "gzip" | undefined;
}

/** Sends an answer, as slowly and in such an encoding as was ordered. */
export async function deliver(response: ServerResponse, answer: Answer, manner: Manner = {}): Promise<void> {
  const { delayMs, trickleMs, encoding } = manner;
  await pause(delayMs);
  response.writeHead(answer.status, { ...answer.headers, ...(encoding && { "content-encoding": encoding }) });
  const body = encoding ? gzipSync(answer.body) : Buffer.from(answer.body);
  if (trickleMs === undefined) response.end(body);
  else await trickle(response, body, trickleMs);
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
