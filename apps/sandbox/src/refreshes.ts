import { hash } from "node:crypto";
import type { Clock } from "./clock.ts";
import type { Token } from "./tokens.ts";
import type { Match } from "./routes.ts";
import { bodyFields, type Call } from "./wire.ts";

/**
 * What came of a refresh token that was sent. `failed`: the work was not done, because a failure was ordered.
 * `lost`: the work was done, and the answer never arrived.
 */
export type Outcome = "rotated" | "refused" | "failed" | "lost";

/** A refresh token that was sent and is being answered. */
export interface Sent {
  end(outcome: Outcome): void;
}

interface Totals {
  sent: number;
  rotated: number;
  refused: number;
  failed: number;
  lost: number;
  /** Sends of a token beyond its first. */
  resent: number;
  /** Of these, those that arrived while an earlier one was still being answered. */
  overlapping: number;
  /** Those that came after a token which replaced it had itself been used. */
  afterSuccessor: number;
}

interface Resend {
  readonly provider: string;
  readonly person: string | null;
  /** How many rotations the grant had had. */
  readonly generation: number;
  readonly sentAt: number[];
  readonly outcomes: (Outcome | null)[];
}

/** One refresh token. What only a resend needs is made when there is one. */
interface Use {
  at: number;
  outcome: Outcome | null;
  underWay: number;
  resend: Resend | undefined;
}

/** The oracle for refreshes: what was sent when, how often, and whether that was wise. */
export interface Refreshes {
  arrive(match: Match, call: Call): Sent | undefined;
  report(): object;
  clear(): void;
}

const keptUses = 2_000_000;
const keptResends = 10_000;

/** Where a refresh token stays what it is, a use that went well is followed by a first one. */
const isKept = ({ face }: Match, value: string): boolean => face.grants.token?.(value)?.replaced === false;

export function createRefreshes(clock: Clock, providers: () => readonly string[]): Refreshes {
  const uses = new Map<string, Use>();
  const resends: Resend[] = [];
  const totals = new Map<string, Totals>();

  function totalsOf(provider: string): Totals {
    const known = totals.get(provider) ?? blank();
    totals.set(provider, known);
    return known;
  }
  function first(key: string): Use {
    const use: Use = { at: clock.now(), outcome: null, underWay: 0, resend: undefined };
    uses.set(key, use);
    if (uses.size > keptUses) forgetOldest(uses);
    return use;
  }
  function again(use: Use, match: Match, value: string): Use {
    countResend(totalsOf(match.face.id), use, match.face.grants.token?.(value));
    if (use.resend === undefined && resends.length < keptResends) resends.push(resendOf(use, match, value));
    use.resend?.sentAt.push(clock.now());
    use.resend?.outcomes.push(null);
    return use;
  }

  return {
    arrive: (match, call) => {
      const value = match.route?.counts === "tokens" ? bodyFields(call).get("refresh_token") : null;
      if (value === null) return undefined;
      const key = `${match.face.id}:${hash("sha1", value, "base64url")}`;
      const known = uses.get(key);
      const use = known ? again(known, match, value) : first(key);
      const sum = totalsOf(match.face.id);
      sum.sent += 1;
      return underWay(use, (outcome) => {
        sum[outcome] += 1;
        if (outcome === "lost") sum.rotated += 1;
        if (outcome === "rotated" && isKept(match, value)) uses.delete(key);
      });
    },
    report: () => ({
      totals: Object.fromEntries(providers().map((provider) => [provider, totalsOf(provider)])),
      resends,
    }),
    clear: () => {
      for (const map of [uses, totals]) map.clear();
      resends.length = 0;
    },
  };
}

function countResend(sum: Totals, { underWay }: Use, token: Token | undefined): void {
  sum.resent += 1;
  if (underWay > 0) sum.overlapping += 1;
  if (token?.succeeded) sum.afterSuccessor += 1;
}

function resendOf(use: Use, { face }: Match, value: string): Resend {
  const token = face.grants.token?.(value);
  const whose = { person: token?.grant.person ?? null, generation: token?.generation ?? 0 };
  use.resend = { provider: face.id, ...whose, sentAt: [use.at], outcomes: [use.outcome] };
  return use.resend;
}

function underWay(use: Use, ended: (outcome: Outcome) => void): Sent {
  const place = (use.resend?.outcomes.length ?? 1) - 1;
  use.underWay += 1;
  return {
    end: (outcome) => {
      use.underWay -= 1;
      if (place === 0) use.outcome = outcome;
      if (use.resend) use.resend.outcomes[place] = outcome;
      ended(outcome);
    },
  };
}

function forgetOldest(uses: Map<string, Use>): void {
  const [oldest] = uses.keys();
  if (oldest !== undefined) uses.delete(oldest);
}

const blank = (): Totals => ({
  sent: 0,
  rotated: 0,
  refused: 0,
  failed: 0,
  lost: 0,
  resent: 0,
  overlapping: 0,
  afterSuccessor: 0,
});
