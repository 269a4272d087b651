import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";

/** What the processes on one database tell each other (NOTIFY): whose connections changed. Ids only. */
export interface News {
  /** Calls whenever something about this user's connections changed, or may have while nothing could be heard. */
  subscribe(user: string, listener: () => void): () => void;
  /** How many listen for this user, in this process. */
  listeners(user: string): number;
  close(): Promise<void>;
}

export interface NewsOptions {
  url: string;
  /** Told when the line to the database is lost, and of each try to have it back that failed. */
  lost: (failure: Error) => void;
}

const channel = "patchbay";
const prefix = "user:";
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** Opens a line of its own to the database, and keeps it open. */
export async function openNews({ url, lost }: NewsOptions): Promise<News> {
  const emitter = new EventEmitter().setMaxListeners(0);
  const stopping = new AbortController();
  let client = await listen();

  async function listen(): Promise<Client> {
    const fresh = new Client({ connectionString: url, application_name: "patchbay news", keepAlive: true });
    fresh.on("notification", ({ payload = "" }) => {
      if (payload.startsWith(prefix)) emitter.emit(payload.slice(prefix.length));
    });
    // Whatever ends the line shows as `end`; an error without a listener would end the process.
    fresh.on("error", () => {});
    await fresh.connect();
    await fresh.query(`listen ${channel}`);
    fresh.once("end", () => void relisten());
    return fresh;
  }

  async function relisten(): Promise<void> {
    for (let pause = firstPauseMs; !stopping.signal.aborted; pause = Math.min(longestPauseMs, pause * 2)) {
      await sleep(pause * (0.5 + Math.random() / 2));
      try {
        client = await listen();
        // What was told meanwhile went unheard: everybody looks.
        for (const user of emitter.eventNames()) emitter.emit(user);
        return;
      } catch (failure) {
        lost(failure instanceof Error ? failure : new Error("no line to the database"));
      }
    }
  }

  return {
    subscribe(user, listener) {
      emitter.on(user, listener);
      return () => void emitter.off(user, listener);
    },
    listeners: (user) => emitter.listenerCount(user),
    async close() {
      stopping.abort();
      await client.end().catch(() => {});
    },
  };
}
