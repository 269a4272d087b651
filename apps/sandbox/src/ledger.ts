import type { Clock } from "./clock.ts";
import type { Route } from "./face.ts";
import { bodyFields, type Call } from "./wire.ts";

/** One call as the control door tells of it: never with a client's secret. */
export interface CallRecord {
  readonly at: string;
  readonly provider: string | null;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** 0 where the connection was cut instead of answered; null while the answer is awaited. */
  status: number | null;
  /** A failure that the control door had ordered. */
  failed: boolean;
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
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
const kept = 10_000;

function shown(fields: URLSearchParams): Record<string, string> | undefined {
  if (fields.size === 0) return undefined;
  return Object.fromEntries([...fields].map(([name, value]) => [name, secrets.has(name) ? "(not shown)" : value]));
}

export function createLedger(clock: Clock, providers: () => readonly string[]): Ledger {
  const calls: CallRecord[] = [];
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
      const record = describe(call, { at: new Date(clock.now()).toISOString(), provider: target?.provider ?? null });
      calls.push(record);
      if (calls.length > kept) calls.shift();
      return record;
    },
    report: () => ({
      calls,
      codes: Object.fromEntries(
        [...codes].map(([code, use]) => [code, { provider: use.provider, exchanged: use.count }]),
      ),
      refreshTokens: Object.fromEntries([...refreshTokens].map(([token, use]) => [token, use.count])),
      summary: Object.fromEntries(providers().map((provider) => [provider, summary(provider)])),
    }),
    clear: () => {
      calls.length = 0;
      for (const map of [codes, refreshTokens, summaries]) map.clear();
    },
  };
}

function describe(call: Call, known: Pick<CallRecord, "at" | "provider">): CallRecord {
  const query = shown(call.query);
  const form = shown(bodyFields(call));
  const { method, host, path } = call;
  return { ...known, method, host, path, status: null, failed: false, ...(query && { query }), ...(form && { form }) };
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
  return use.count;
}
