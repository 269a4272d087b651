import { fingerprint } from "../vault/index.ts";
import type { Caller, Connection } from "./attempts.ts";
import { begin, type Opening } from "./begin.ts";
import { carryOut, finishByCode, finishByTicket, type Finish } from "./finish.ts";
import { resumeWalk, type Resumption, type WalkParts } from "./walk.ts";
import { claimReturn, exchangeForTicket, type Arrival } from "./returned.ts";

/** Connecting an account: begin, take the provider's return, finish. */
export function createConnect(parts: WalkParts) {
  return {
    begin: (caller: Caller & { browser: Buffer }, opening: Opening) => begin(parts, caller, opening),
    /** Takes the next step of a walk that asks or shows; without answers, tells where it stands. */
    resume: (caller: Caller, resumption: Resumption) => resumeWalk(parts, caller, resumption),
    /** Takes a return for a page that will post the ticket back. */
    exchangeForTicket: (arrival: Arrival) => exchangeForTicket(parts, arrival),
    /** Takes a return and finishes at once. */
    finishReturn: async (arrival: Arrival): Promise<Connection> => {
      const { claim } = await claimReturn(parts, arrival);
      return await carryOut(parts, claim);
    },
    /** The provider of the caller's attempt with this state. Throws `attempt_unknown`. */
    providerOf: (caller: Caller, state: string): Promise<string> =>
      parts.attempts.providerOf(caller, fingerprint(state)),
    finishByTicket: (caller: Caller, finish: Finish) => finishByTicket(parts, caller, finish),
    finishByCode: (caller: Caller, finish: Finish & { provider: string; state: string }) =>
      finishByCode(parts, caller, finish),
  };
}

export type Connect = ReturnType<typeof createConnect>;
