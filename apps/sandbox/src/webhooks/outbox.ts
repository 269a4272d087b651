import { setMaxListeners } from "node:events";
import { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import { createRing } from "../ring.ts";
import type { Letter, Letters } from "./letter.ts";
import { type Outcome, post, type Wire } from "./post.ts";

/** One attempt to deliver, as the control door tells of it. */
interface Attempted {
  readonly provider: string;
  readonly event: string;
  readonly id: string;
  readonly url: string;
  /** 0 where there was no answer. */
  readonly status: number;
  readonly at: string;
}

export interface Delivered extends Outcome {
  readonly attempts: number;
}

/** What sends webhooks, now or in the background. */
export interface Outbox {
  /** Sends until it is answered 2xx, so many times more than once. */
  deliver(letter: Letter, retries: number): Promise<Delivered>;
  /** Sends in the background, with a few quick retries. Nobody waits for it, and nothing fails if nobody listens. */
  later(letters: Letters | Promise<Letters>): void;
  /** The last 10 000 attempts, oldest first. */
  attempts(): Attempted[];
  /** Stops what is under way, and forgets. */
  reset(): void;
  close(): void;
}

/** Between one attempt and the next; the last pause is used for all further ones. */
const pauses = [100, 500, 2000];
const backgroundRetries = 3;

const isTaken = ({ status }: Outcome): boolean => status >= 200 && status < 300;

export function createOutbox(clock: Clock): Outbox {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const attempts = createRing<Attempted>(10_000);
  let stop = stoppable();

  async function once(letter: Letter, wire: Wire): Promise<Outcome> {
    const outcome = await post(letter, wire);
    const { provider, event, id, url } = letter;
    const at = new Date(clock.now()).toISOString();
    if (!wire.signal.aborted) attempts.put({ provider, event, id, url, status: outcome.status, at });
    return outcome;
  }
  async function deliver(letter: Letter, retries: number): Promise<Delivered> {
    const wire = { agent, signal: stop.signal };
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await once(letter, wire);
      const isOver = isTaken(outcome) || attempts > retries;
      if (isOver || !(await paused(attempts, wire.signal))) return { ...outcome, attempts };
    }
  }
  const inBackground = async (letters: Letters | Promise<Letters>): Promise<void> => {
    await Promise.all((await letters).map((letter) => deliver(letter, backgroundRetries)));
  };

  return {
    deliver,
    later: (letters) => void inBackground(letters).catch(() => undefined),
    attempts: () => attempts.all(),
    reset: () => {
      stop.abort();
      stop = stoppable();
      attempts.clear();
    },
    close: () => {
      stop.abort();
      agent.destroy();
    },
  };
}

/** Hundreds of requests may listen for the end at once. */
function stoppable(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** Waits between two attempts, without holding the process open; false if there is to be no next one. */
async function paused(attempts: number, signal: AbortSignal): Promise<boolean> {
  const ms = pauses[Math.min(attempts, pauses.length) - 1];
  return wait(ms, true, { ref: false, signal }).catch(() => false);
}
