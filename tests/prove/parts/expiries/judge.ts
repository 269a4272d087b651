import type { RefreshResend } from "@patchbay/sandbox/client";
import type { Moment } from "../../world/history.ts";
import type { Standing } from "../standing.ts";

/** All that is known afterwards, from the provider's side, the database's, and whoever killed. */
export interface Evidence {
  /** By credential, in order. */
  history: ReadonlyMap<string, readonly Moment[]>;
  /** When each life of a process was killed. */
  kills: ReadonlyMap<string, number>;
  /** Refresh tokens that were sent more than once, with the credential that they belong to. */
  resends: readonly (RefreshResend & { credential: string })[];
  standings: readonly Standing[];
}

const none: readonly Moment[] = [];
const historyOf = ({ history }: Evidence, credential: string) => history.get(credential) ?? none;

/** A token that was sent another time. */
export interface Again {
  provider: string;
  credential: string;
  generation: number;
  /** When it was sent before, and when again. */
  first: number;
  again: number;
}

function agains({ resends }: Evidence): Again[] {
  return resends.flatMap(({ provider, credential, generation, sentAt }) =>
    sentAt.slice(1).map((again, at) => ({ provider, credential, generation, first: sentAt[at] ?? 0, again })),
  );
}

/** Sent again although the answer to it, or to an earlier sending, had been stored. */
export function sentAfterStored(evidence: Evidence): Again[] {
  return agains(evidence).filter(({ credential, first, again }) =>
    historyOf(evidence, credential).some(({ kind, at }) => kind === "stored" && at > first && at <= again),
  );
}

/** Sent again although nobody was killed who had sent it. */
export function sentWithoutKill(evidence: Evidence): (Again & { holder: string | undefined })[] {
  return agains(evidence).flatMap((one) => {
    const holder = historyOf(evidence, one.credential).findLast(({ kind, at }) => kind === "sent" && at <= one.first);
    const excused = holder !== undefined && isKilledBefore(evidence, holder, one.again);
    return excused ? [] : [{ ...one, holder: holder?.process }];
  });
}

/** Whether the holder's process was killed by then. What it had said to the database may take effect a moment later. */
function isKilledBefore({ kills }: Evidence, holder: Moment, at: number): boolean {
  return (kills.get(holder.process) ?? Infinity) <= at;
}

interface Takeover {
  before: Moment;
  moment: Moment;
}

/** Where another took the lease on a version that the one before had neither changed nor given back. */
function takeovers({ history }: Evidence): Takeover[] {
  return [...history.values()].flatMap((moments) =>
    moments.flatMap((moment, at) => {
      const before = moments[at - 1];
      const isSame = moment.kind === "sent" && before?.kind === "sent" && before.version === moment.version;
      return isSame ? [{ before, moment }] : [];
    }),
  );
}

/** So long may a sender be at it: a question and a refresh, each cut off after ten seconds. A lease has to last longer. */
const longestSendingMs = 20_000;

/** Taken over from somebody who was not dead, or so soon that somebody slow could still have been at it. */
export function heldTwice(evidence: Evidence): object[] {
  return takeovers(evidence).flatMap(({ before, moment }) => {
    const gone = isKilledBefore(evidence, before, moment.at);
    const apart = moment.at - before.at > longestSendingMs;
    return gone && apart ? [] : [{ before, moment, killed: evidence.kills.get(before.process) }];
  });
}

/** The shortest time, in milliseconds, after which another took over. Infinity: nobody did. */
export function soonestTakeover(evidence: Evidence): number {
  return takeovers(evidence).reduce((least, { before, moment }) => Math.min(least, moment.at - before.at), Infinity);
}

/** A connection that is dead, and since when. The cause is a kill of somebody who had sent its token. */
export interface Loss {
  standing: Standing;
  endedAt: number;
  /** The kills of those who held that version: the last of them is the one that it was noticed after. */
  kills: number[];
}

export function losses(evidence: Evidence): Loss[] {
  return evidence.standings
    .filter(({ strict, status }) => strict && status !== "active")
    .map((standing) => {
      const moments = historyOf(evidence, standing.credential);
      const ended = moments.findLast(({ kind }) => kind === "ended");
      const kills = moments
        .filter(({ kind, version }) => kind === "sent" && version === ended?.version)
        .map((sent) => evidence.kills.get(sent.process) ?? Infinity)
        .filter((killed) => killed <= (ended?.at ?? 0));
      return { standing, endedAt: ended?.at ?? 0, kills };
    });
}
