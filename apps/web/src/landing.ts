import type { Connection } from "@patchbay/api/router";
import { failureOf } from "./failure.ts";
import type { FinishInput, Return } from "./return.ts";
import type { Failure } from "./sentences.ts";

/** How a return fares: from the address bar to a connection, or to the reason why there is none. */
export type Landing =
  | { type: "none" }
  | { type: "hint"; provider: string }
  | { type: "finishing"; provider: string | undefined }
  | { type: "connected"; connection: Connection }
  | { type: "failed"; provider: string | undefined; failure: Failure };

export type Settled = Exclude<Landing, { type: "none" | "finishing" }>;

/** Lives outside React, because a code is spent by being sent: however often components mount, it is sent once. */
export interface Lander {
  get: () => Landing;
  subscribe: (changed: () => void) => () => void;
  /** Sends the ticket. True the first time, where there is one. */
  start: () => boolean;
  /** True the first time for each outcome: it is told once. */
  announce: () => boolean;
  /** The outcome was noted, or is given up. */
  drop: () => void;
}

export function createLander(returned: Return, finish: (input: FinishInput) => Promise<Connection>): Lander {
  let landing = before(returned);
  let ticket = returned.type === "finish" ? returned.input : undefined;
  let announced = false;
  const listeners = new Set<() => void>();
  const set = (next: Landing): void => {
    landing = next;
    for (const changed of listeners) changed();
  };
  const settle = (next: Landing): void => {
    if (landing.type === "finishing") set(next);
  };
  return {
    get: () => landing,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    start: () => {
      if (ticket === undefined) return false;
      const { provider } = ticket;
      finish(ticket).then(
        (connection) => settle({ type: "connected", connection }),
        (error: unknown) => settle({ type: "failed", provider, failure: finishFailure(error) }),
      );
      ticket = undefined;
      return true;
    },
    announce: () => {
      const first = !announced && landing.type !== "none" && landing.type !== "finishing";
      announced ||= first;
      return first;
    },
    drop: () => {
      ticket = undefined;
      set({ type: "none" });
    },
  };
}

function before(returned: Return): Landing {
  if (returned.type === "finish") return { type: "finishing", provider: returned.input.provider };
  if (returned.type !== "failed") return returned;
  const { provider, code, field } = returned;
  return { type: "failed", provider, failure: { code, ...(field !== undefined && { field }) } };
}

/** Where no answer came, nobody here knows what became of the ticket. */
function finishFailure(error: unknown): Failure {
  const failure = failureOf(error);
  return failure.code === null ? { code: "outcome_unknown" } : failure;
}
