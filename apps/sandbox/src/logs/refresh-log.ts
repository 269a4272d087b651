import { hash } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { RefreshOutcome, RefreshReport, RefreshResend, RefreshTotals } from "../control/schemas/reports.ts";
import type { Token } from "../oauth/tokens.ts";
import type { RouteMatch } from "../http/routes.ts";
import { parseBodyFields, type ProviderRequest } from "../http/messages.ts";

/** A refresh that is being answered. */
export interface PendingRefresh {
  endRefresh(outcome: RefreshOutcome): void;
}

/** The uses of one refresh token. The details of a resend are created only when there is one. */
interface RefreshTokenUse {
  at: number;
  outcome: RefreshOutcome | null;
  underWay: number;
  resend: RefreshResend | undefined;
}

/** Logs refreshes: which token was sent when and how often, and what happened to it. */
export interface RefreshLog {
  recordRefresh(match: RouteMatch, request: ProviderRequest): PendingRefresh | undefined;
  report(): RefreshReport;
  clear(): void;
}

const maxUses = 2_000_000;
const maxResends = 10_000;

/** Whether the provider keeps the same refresh token. After a successful use, the next use counts as a first one. */
const isTokenKept = ({ provider }: RouteMatch, value: string): boolean =>
  provider.grants.findToken?.(value)?.replaced === false;

/** Creates an empty log of refreshes. */
export function createRefreshLog(clock: Clock, providers: () => readonly string[]): RefreshLog {
  const uses = new Map<string, RefreshTokenUse>();
  const resends: RefreshResend[] = [];
  const totals = new Map<string, RefreshTotals>();

  function totalsOf(provider: string): RefreshTotals {
    const known = totals.get(provider) ?? createTotals();
    totals.set(provider, known);
    return known;
  }
  function first(key: string): RefreshTokenUse {
    const use: RefreshTokenUse = { at: clock.now(), outcome: null, underWay: 0, resend: undefined };
    uses.set(key, use);
    if (uses.size > maxUses) forgetOldest(uses);
    return use;
  }
  function again(use: RefreshTokenUse, match: RouteMatch, value: string): RefreshTokenUse {
    countResend(totalsOf(match.provider.id), use, match.provider.grants.findToken?.(value));
    if (use.resend === undefined && resends.length < maxResends) resends.push(createResend(use, match, value));
    use.resend?.sentAt.push(clock.now());
    use.resend?.outcomes.push(null);
    return use;
  }

  return {
    recordRefresh: (match, request) => {
      const value = match.route?.counts === "tokens" ? parseBodyFields(request).get("refresh_token") : null;
      if (value === null) return undefined;
      const key = `${match.provider.id}:${hash("sha1", value, "base64url")}`;
      const known = uses.get(key);
      const use = known ? again(known, match, value) : first(key);
      const sum = totalsOf(match.provider.id);
      sum.sent += 1;
      return trackRefresh(use, (outcome) => {
        sum[outcome] += 1;
        if (outcome === "lost") sum.rotated += 1;
        if (outcome === "rotated" && isTokenKept(match, value)) uses.delete(key);
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

function countResend(sum: RefreshTotals, { underWay }: RefreshTokenUse, token: Token | undefined): void {
  sum.resent += 1;
  if (underWay > 0) sum.overlapping += 1;
  if (token?.succeeded) sum.afterSuccessor += 1;
}

function createResend(use: RefreshTokenUse, { provider }: RouteMatch, value: string): RefreshResend {
  const token = provider.grants.findToken?.(value);
  const whose = { person: token?.grant.person ?? null, generation: token?.generation ?? 0 };
  use.resend = { provider: provider.id, ...whose, sentAt: [use.at], outcomes: [use.outcome] };
  return use.resend;
}

function trackRefresh(use: RefreshTokenUse, ended: (outcome: RefreshOutcome) => void): PendingRefresh {
  const place = (use.resend?.outcomes.length ?? 1) - 1;
  use.underWay += 1;
  return {
    endRefresh: (outcome) => {
      use.underWay -= 1;
      if (place === 0) use.outcome = outcome;
      if (use.resend) use.resend.outcomes[place] = outcome;
      ended(outcome);
    },
  };
}

function forgetOldest(uses: Map<string, RefreshTokenUse>): void {
  const [oldest] = uses.keys();
  if (oldest !== undefined) uses.delete(oldest);
}

const createTotals = (): RefreshTotals => ({
  sent: 0,
  rotated: 0,
  refused: 0,
  failed: 0,
  lost: 0,
  resent: 0,
  overlapping: 0,
  afterSuccessor: 0,
});
