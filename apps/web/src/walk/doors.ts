import { type AttemptEars, watchAttempt } from "../live/attempts.ts";
import type { Client } from "../trpc.ts";
import type { Answers, Step } from "./step.ts";

interface Opening {
  provider: string;
  values?: Answers;
  /** The connection to be renewed. */
  reconnectConnectionId?: number | undefined;
}

/** What a walk asks of the API. */
export interface Doors {
  begin: (opening: Opening) => Promise<Step | { type: "redirect" }>;
  resume: (input: { attempt: string; values: Answers }) => Promise<Step>;
  /** Over the stream that the page has anyway. */
  watch: (attempt: string, ears: AttemptEars) => () => void;
}

export function doorsOf(client: Client): Doors {
  return { begin: client.connect.begin.mutate, resume: client.connect.resume.mutate, watch: watchAttempt };
}
