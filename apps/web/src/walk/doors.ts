import type { Client } from "../trpc.ts";
import type { Answers, Step } from "./step.ts";

interface Opening {
  provider: string;
  answers?: Answers;
  /** The connection to be renewed. */
  reconnects?: number | undefined;
}

/** What a walk asks of the API. */
export interface Doors {
  begin: (opening: Opening) => Promise<Step | { type: "redirect" }>;
  resume: (input: { attempt: string; answers: Answers }) => Promise<Step>;
  watch: (attempt: string, watcher: Watcher) => () => void;
}

interface Watcher {
  /** Something has changed. */
  arrived: (step: Step) => void;
  /** Whether changes will be told from now on. */
  live: (live: boolean) => void;
}

export function doorsOf(client: Client): Doors {
  return { begin: client.connect.begin.mutate, resume: client.connect.resume.mutate, watch };
}

/**
 * A tRPC subscription over server-sent events. tRPC's own link would be part of every first load, because it shares a
 * module with the links that the page begins with.
 */
function watch(attempt: string, { arrived, live }: Watcher): () => void {
  if (!("EventSource" in globalThis)) return () => undefined;
  const stream = new EventSource(`/api/trpc/connect.watch?input=${encodeURIComponent(JSON.stringify({ attempt }))}`);
  const end = (): void => {
    stream.close();
    live(false);
  };
  stream.addEventListener("connected", () => live(true));
  stream.addEventListener("message", ({ data }: MessageEvent<string>) => arrived(JSON.parse(data) as Step));
  stream.addEventListener("return", end);
  stream.addEventListener("serialized-error", end);
  // The browser tries again by itself where it may.
  stream.addEventListener("error", () => live(false));
  return () => stream.close();
}
