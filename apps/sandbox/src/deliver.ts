import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Answer } from "./wire.ts";

/** A wait that does not keep a closed sandbox alive. */
async function pause(ms: number | undefined): Promise<void> {
  if (ms !== undefined) await wait(ms, undefined, { ref: false });
}

export interface Pace {
  readonly delayMs?: number | undefined;
  readonly trickleMs?: number | undefined;
}

/** Sends an answer, as slowly as was ordered. */
export async function deliver(response: ServerResponse, answer: Answer, pace: Pace = {}): Promise<void> {
  await pause(pace.delayMs);
  response.writeHead(answer.status, answer.headers);
  if (pace.trickleMs === undefined) response.end(answer.body);
  else await trickle(response, Buffer.from(answer.body), pace.trickleMs);
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
