import { fingerprint } from "../vault/index.ts";
import type { Caller, Connection } from "./attempt-store.ts";
import { acceptAndClaim, acceptCallback, type CallbackRequest } from "./authorization-response.ts";
import { beginConnect, type ConnectRequest } from "./begin.ts";
import type { ConnectDeps } from "./connect-deps.ts";
import { finishByCode, finishByTicket, type FinishRequest, resolveClaim } from "./finish.ts";
import { resumeLogin, type StepSubmission } from "./interactive-login.ts";

/** Creates the connect flow: begin, then finish the redirect or take the login's next steps. */
export function createConnect(deps: ConnectDeps) {
  return {
    begin: (caller: Caller & { browser: Buffer }, request: ConnectRequest) => beginConnect(deps, caller, request),
    /** Takes a login's next step; without values, tells where the login stands. */
    resume: (caller: Caller, submission: StepSubmission) => resumeLogin(deps, caller, submission),
    /** Accepts an authorization response for a page that posts the ticket back. */
    acceptCallback: (request: CallbackRequest) => acceptCallback(deps, request),
    /** Accepts an authorization response and finishes at once. */
    acceptAndFinish: async (request: CallbackRequest): Promise<Connection> => {
      const { claim } = await acceptAndClaim(deps, request);
      return await resolveClaim(deps, claim);
    },
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
