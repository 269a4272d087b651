import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, escapeIdentifier } from "pg";
import { connectMs, probes, silenceMs } from "./database.ts";
import { defaultSchema } from "./schemas.ts";
import { createSilenceWatch } from "./silence-watch.ts";

/** What the processes on one database tell each other (NOTIFY): whose connections changed. Ids only. */
export interface Notifications {
  /** Calls whenever something about this user's connections changed, or may have while nothing could be heard. */
  subscribe(user: string, listener: () => void): () => void;
  close(): Promise<void>;
}

export interface NotificationsOptions {
  url: string;
  /** The schema of our tables: their triggers notify the channel of that name. */
  schema?: string;
  /** Told when the line to the database is lost, and of each try to have it back that failed. */
  lost: (failure: Error) => void;
}

const prefix = "user:";
const firstPauseMs = 100;
const longestPauseMs = 5_000;

const line = { application_name: "patchbay notifications", connectionTimeoutMillis: connectMs, ...probes };

/** Opens a line of its own to the database, and keeps it open. */
export async function openNotifications({
  url,
  schema = defaultSchema,
  lost,
}: NotificationsOptions): Promise<Notifications> {
  const emitter = new EventEmitter().setMaxListeners(0);
  const stopping = new AbortController();
  const watch = createSilenceWatch(silenceMs);
  let reopening = Promise.resolve();
  let client = await listen();

  async function listen(): Promise<Client> {
    const fresh = new Client({ connectionString: url, ...line });
    fresh.on("notification", ({ payload = "" }) => {
      if (payload.startsWith(prefix)) emitter.emit(payload.slice(prefix.length));
    });
    // Whatever ends the line shows as `end`; an error without a listener would end the process.
    fresh.on("error", () => {});
    try {
      await fresh.connect();
      watch.follow(fresh);
      await fresh.query(`listen ${escapeIdentifier(schema)}`);
    } catch (failure) {
      void fresh.end().catch(() => {});
      throw failure;
    }
    fresh.once("end", () => void (reopening = relisten()));
    return fresh;
  }

  async function relisten(): Promise<void> {
    for (let pause = firstPauseMs; !stopping.signal.aborted; pause = Math.min(longestPauseMs, pause * 2)) {
      await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
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
    async close() {
      stopping.abort();
      // A line that is being opened at this moment is the last one, and is closed too.
      await reopening;
      await client.end().catch(() => {});
      watch.stop();
    },
  };
}
