import { fingerprint } from "../vault/index.ts";
import type { Caller, Connection } from "./attempt-store.ts";
import { beginConnect, type ConnectRequest } from "./begin.ts";
import { resolveClaim, finishByCode, finishByTicket, type FinishRequest } from "./finish.ts";
import { resumeLogin, type StepSubmission, type ConnectDeps } from "./interactive-login.ts";
import { acceptAndClaim, acceptCallback, type CallbackRequest } from "./authorization-response.ts";

/** Connecting an account: begin, take the provider's return, finish. */
export function createConnect(parts: ConnectDeps) {
  return {
    begin: (caller: Caller & { browser: Buffer }, opening: ConnectRequest) => beginConnect(parts, caller, opening),
    /** Takes the next step of a walk that asks or shows; without answers, tells where it stands. */
    resume: (caller: Caller, resumption: StepSubmission) => resumeLogin(parts, caller, resumption),
    /** Takes a return for a page that will post the ticket back. */
    exchangeForTicket: (arrival: CallbackRequest) => acceptCallback(parts, arrival),
    /** Takes a return and finishes at once. */
    finishReturn: async (arrival: CallbackRequest): Promise<Connection> => {
      const { claim } = await acceptAndClaim(parts, arrival);
      return await resolveClaim(parts, claim);
    },
    /** The provider of the caller's attempt with this state. Throws `attempt_unknown`. */
    providerOf: (caller: Caller, state: string): Promise<string> =>
      parts.attempts.getProvider(caller, fingerprint(state)),
    finishByTicket: (caller: Caller, finish: FinishRequest) => finishByTicket(parts, caller, finish),
    finishByCode: (caller: Caller, finish: FinishRequest & { provider: string; state: string }) =>
      finishByCode(parts, caller, finish),
  };
}

export type Connect = ReturnType<typeof createConnect>;
