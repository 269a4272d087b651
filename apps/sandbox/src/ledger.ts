import type { Clock } from "./clock.ts";
import type { Route } from "./face.ts";
import { createRing } from "./ring.ts";
import { bodyFields, type Call } from "./wire.ts";

/** What becomes of a call that was entered. */
export interface CallRecord {
  /** 0 where the connection was cut instead of answered; null while the answer is awaited. */
  status: number | null;
  /** A failure that the control door had ordered. */
  failed: boolean;
}

/** A call as it is kept: it is described only when somebody asks. */
interface Entry extends CallRecord {
  readonly at: number;
  readonly provider: string | null;
  readonly called: Pick<Call, "method" | "host" | "path" | "query">;
  readonly form: URLSearchParams;
}

interface Summary {
  tokenRequests: number;
  codeExchanges: number;
  refreshes: number;
  maxUsesOfOneCode: number;
  maxUsesOfOneRefreshToken: number;
  revocations: number;
}

interface Use {
  readonly provider: string;
  count: number;
}

/** Everything that was called, and how often each code and refresh token was spent: also by calls made to fail. */
export interface Ledger {
  enter(call: Call, target: { provider: string; route: Route | undefined } | undefined): CallRecord;
  report(): object;
  clear(): void;
}

const secrets = new Set(["client_secret", "code_verifier", "access_token"]);
const keptCalls = 10_000;
const keptUses = 20_000;

function shown(fields: URLSearchParams): Record<string, string> | undefined {
  if (fields.size === 0) return undefined;
  return Object.fromEntries([...fields].map(([name, value]) => [name, secrets.has(name) ? "(not shown)" : value]));
}

export function createLedger(clock: Clock, providers: () => readonly string[]): Ledger {
  const calls = createRing<Entry>(keptCalls);
  const codes = new Map<string, Use>();
  const refreshTokens = new Map<string, Use>();
  const summaries = new Map<string, Summary>();

  function summary(provider: string): Summary {
    const known = summaries.get(provider) ?? blank();
    summaries.set(provider, known);
    return known;
  }

  function spend(provider: string, fields: URLSearchParams): void {
    const totals = summary(provider);
    const code = fields.get("code");
    const refreshToken = fields.get("refresh_token");
    totals.tokenRequests += 1;
    if (code !== null) {
      totals.codeExchanges += 1;
      totals.maxUsesOfOneCode = Math.max(totals.maxUsesOfOneCode, count(codes, provider, code));
    }
    if (refreshToken !== null) {
      totals.refreshes += 1;
      totals.maxUsesOfOneRefreshToken = Math.max(
        totals.maxUsesOfOneRefreshToken,
        count(refreshTokens, provider, refreshToken),
      );
    }
  }

  return {
    enter: (call, target) => {
      const fields = bodyFields(call);
      const counts = target?.route?.counts;
      const counted = typeof counts === "function" ? counts(call) : counts;
      if (target && counted === "tokens") spend(target.provider, fields);
      if (target && counted === "revocations") summary(target.provider).revocations += 1;
      const { method, host, path, query } = call;
      const known = { at: clock.now(), provider: target?.provider ?? null, form: fields };
      const entry: Entry = { ...known, called: { method, host, path, query }, status: null, failed: false };
      calls.put(entry);
      return entry;
    },
    report: () => ({
      calls: calls.all().map(describe),
      codes: Object.fromEntries(
        [...codes].map(([code, use]) => [code, { provider: use.provider, exchanged: use.count }]),
      ),
      refreshTokens: Object.fromEntries([...refreshTokens].map(([token, use]) => [token, use.count])),
      summary: Object.fromEntries(providers().map((provider) => [provider, summary(provider)])),
    }),
    clear: () => {
      calls.clear();
      for (const map of [codes, refreshTokens, summaries]) map.clear();
    },
  };
}

/** A call as the control door tells of it: never with a client's secret. */
function describe({ at, provider, called, status, failed, form }: Entry): object {
  const { query, ...where } = called;
  const [asked, sent] = [shown(query), shown(form)];
  const known = { at: new Date(at).toISOString(), provider, ...where, status, failed };
  return { ...known, ...(asked && { query: asked }), ...(sent && { form: sent }) };
}

function blank(): Summary {
  return {
    tokenRequests: 0,
    codeExchanges: 0,
    refreshes: 0,
    maxUsesOfOneCode: 0,
    maxUsesOfOneRefreshToken: 0,
    revocations: 0,
  };
}

function count(uses: Map<string, Use>, provider: string, value: string): number {
  const use = uses.get(value) ?? { provider, count: 0 };
  uses.set(value, use);
  use.count += 1;
  const [oldest] = uses.keys();
  if (uses.size > keptUses && oldest !== undefined) uses.delete(oldest);
  return use.count;
}
