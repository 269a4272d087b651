import { listen } from "../stream.ts";
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

function watch(attempt: string, { arrived, live }: Watcher): () => void {
  const dead = (): void => live(false);
  return listen(`connect.watch?input=${encodeURIComponent(JSON.stringify({ attempt }))}`, {
    live: () => live(true),
    told: (step) => arrived(step as Step),
    ended: dead,
    lost: dead,
  });
}
