import { fingerprint } from "../vault/index.ts";
import type { Caller, Connection } from "./attempt-store.ts";
import { acceptCallback, type CallbackRequest } from "./authorization-response.ts";
import { beginConnect, type ConnectRequest } from "./begin.ts";
import { completeAttempt, type CompletionRequest } from "./complete.ts";
import type { ConnectDeps } from "./connect-deps.ts";
import { finishByCode, finishByTicket, type FinishRequest, resolveClaim } from "./finish.ts";
import { resumeLogin, type StepSubmission } from "./interactive-login.ts";

/** Creates the connect flow: begin, then finish the redirect or take the login's next steps. */
export function createConnect(deps: ConnectDeps) {
  return {
    begin: (caller: Caller & { browser: Buffer }, request: ConnectRequest) => beginConnect(deps, caller, request),
    /** Takes a login's next step; without values, tells where the login stands. */
    resume: (caller: Caller, submission: StepSubmission) => resumeLogin(deps, caller, submission),
    /** Accepts an authorization response. `finishesAtOnce`: the callback itself finishes an attempt of a sign-in session. */
    acceptCallback: async (request: CallbackRequest, finishesAtOnce: boolean) => {
      const result = await acceptCallback(deps, request, finishesAtOnce ? "claim" : "store");
      if (result.type === "claimed") await resolveClaim(deps, result.claim);
      return result;
    },
    /** Completes an attempt for the back end of its connect session. */
    complete: (completion: CompletionRequest): Promise<Connection> => completeAttempt(deps, completion),
    /** Gets the provider of the caller's attempt with this state. Throws `attempt_unknown`. */
    getAttemptProvider: (caller: Caller, state: string): Promise<string> =>
      deps.attempts.getProvider(caller, fingerprint(state)),
    finishByTicket: (caller: Caller, finish: FinishRequest) => finishByTicket(deps, caller, finish),
    finishByCode: (caller: Caller, finish: FinishRequest & { provider: string; state: string }) =>
      finishByCode(deps, caller, finish),
  };
}

/** See `createConnect`. */
export type Connect = ReturnType<typeof createConnect>;
