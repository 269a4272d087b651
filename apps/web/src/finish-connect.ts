import type { Connection } from "@patchbay/api/router";
import { parseFailure } from "./failure.ts";
import type { FinishInput, ReturnUrl } from "./return-url.ts";
import type { Failure } from "./sentences.ts";

/**
 * The state of a return from a provider. `unconfirmed`: the address says that the API has finished it, and only the list
 * can confirm that.
 */
export type FinishState =
  | { type: "none" }
  | { type: "unconfirmed"; provider: string }
  | { type: "finishing"; provider: string | undefined }
  | { type: "connected"; connection: Connection }
  | { type: "failed"; provider: string | undefined; failure: Failure };

/** The end of a return. */
export type FinishResult = Exclude<FinishState, { type: "none" | "finishing" }>;

/** Finishes the return that opened the page. Lives outside React, so that the ticket is sent once. */
export interface FinishController {
  getState: () => FinishState;
  subscribeToState: (onChange: () => void) => () => void;
  /** Sends the ticket to the API. Returns true the first time, if there is a ticket. */
  sendTicket: () => boolean;
  /** Returns true the first time after a result, so that the result is announced once. */
  claimAnnouncement: () => boolean;
  /** Discards the ticket and the result. */
  discard: () => void;
}

/** Creates the controller for the return that the address told. `finish` sends a ticket to the API. */
export function createFinishController(
  returned: ReturnUrl,
  finish: (input: FinishInput) => Promise<Connection>,
): FinishController {
  let state = initialFinishState(returned);
  let ticket = returned.type === "finish" ? returned.input : undefined;
  let isAnnounced = false;
  const listeners = new Set<() => void>();
  const setState = (next: FinishState): void => {
    state = next;
    for (const listener of listeners) listener();
  };
  const setResult = (result: FinishResult): void => {
    if (state.type === "finishing") setState(result);
  };
  return {
    getState: () => state,
    subscribeToState: (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    sendTicket: () => {
      if (ticket === undefined) return false;
      const { provider } = ticket;
      finish(ticket).then(
        (connection) => setResult({ type: "connected", connection }),
        (error: unknown) => setResult({ type: "failed", provider, failure: parseFinishFailure(error) }),
      );
      ticket = undefined;
      return true;
    },
    claimAnnouncement: () => {
      const isFirst = !isAnnounced && state.type !== "none" && state.type !== "finishing";
      isAnnounced ||= isFirst;
      return isFirst;
    },
    discard: () => {
      ticket = undefined;
      setState({ type: "none" });
    },
  };
}

function initialFinishState(returned: ReturnUrl): FinishState {
  if (returned.type === "finish") return { type: "finishing", provider: returned.input.provider };
  if (returned.type !== "failed") return returned;
  const { provider, code, field } = returned;
  return { type: "failed", provider, failure: { code, ...(field !== undefined && { field }) } };
}

/** Without an answer, the page cannot know what became of the ticket. */
function parseFinishFailure(error: unknown): Failure {
  const failure = parseFailure(error);
  return failure.code === null ? { code: "outcome_unknown" } : failure;
}
