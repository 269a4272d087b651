import type { Clock } from "../clock.ts";
import type { ProviderRoute } from "../provider.ts";
import type { CallsReport, ProviderSummary } from "../control/schemas/reports.ts";
import { createRingBuffer } from "./ring-buffer.ts";
import { parseBodyFields, type ProviderRequest } from "../http/messages.ts";

/** What happened to a logged request. */
export interface RequestOutcome {
  /** 0 if the connection was closed without a response; null while the response is awaited. */
  status: number | null;
  /** Whether the control API had ordered a failure. */
  failed: boolean;
}

/** A request as it is stored. It is described only when the log is read. */
interface LoggedRequest extends RequestOutcome {
  readonly at: number;
  readonly provider: string | null;
  readonly called: Pick<ProviderRequest, "method" | "host" | "path" | "query">;
  readonly form: URLSearchParams;
}

interface CodeUse {
  readonly provider: string;
  count: number;
}

/** Logs all requests, and how often each code and refresh token was used, failed requests included. */
export interface RequestLog {
  record(
    request: ProviderRequest,
    target: { provider: string; route: ProviderRoute | undefined } | undefined,
  ): RequestOutcome;
  report(): CallsReport;
  clear(): void;
}

const secretFields = new Set(["client_secret", "code_verifier", "access_token"]);
const maxRequests = 10_000;
const maxUses = 20_000;

function hideSecrets(fields: URLSearchParams): Record<string, string> | undefined {
  if (fields.size === 0) return undefined;
  return Object.fromEntries([...fields].map(([name, value]) => [name, secretFields.has(name) ? "(not shown)" : value]));
}

/** Creates an empty log of requests. */
export function createRequestLog(clock: Clock, providers: () => readonly string[]): RequestLog {
  const calls = createRingBuffer<LoggedRequest>(maxRequests);
  const codes = new Map<string, CodeUse>();
  const refreshTokens = new Map<string, CodeUse>();
  const summaries = new Map<string, ProviderSummary>();

  function summary(provider: string): ProviderSummary {
    const known = summaries.get(provider) ?? createSummary();
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
      totals.maxUsesOfOneCode = Math.max(totals.maxUsesOfOneCode, countUse(codes, provider, code));
    }
    if (refreshToken !== null) {
      totals.refreshes += 1;
      totals.maxUsesOfOneRefreshToken = Math.max(
        totals.maxUsesOfOneRefreshToken,
        countUse(refreshTokens, provider, refreshToken),
      );
    }
  }

  return {
    record: (request, target) => {
      const fields = parseBodyFields(request);
      const counts = target?.route?.counts;
      const counted = typeof counts === "function" ? counts(request) : counts;
      if (target && counted === "tokens") spend(target.provider, fields);
      if (target && counted === "revocations") summary(target.provider).revocations += 1;
      const { method, host, path, query } = request;
      const known = { at: clock.now(), provider: target?.provider ?? null, form: fields };
      const entry: LoggedRequest = { ...known, called: { method, host, path, query }, status: null, failed: false };
      calls.push(entry);
      return entry;
    },
    report: () => ({
      calls: calls.toArray().map(describeRequest),
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

/** Describes a request without the client's secrets. */
function describeRequest({ at, provider, called, status, failed, form }: LoggedRequest): CallsReport["calls"][number] {
  const { query, ...where } = called;
  const [asked, sent] = [hideSecrets(query), hideSecrets(form)];
  const known = { at: new Date(at).toISOString(), provider, ...where, status, failed };
  return { ...known, ...(asked && { query: asked }), ...(sent && { form: sent }) };
}

function createSummary(): ProviderSummary {
  return {
    tokenRequests: 0,
    codeExchanges: 0,
    refreshes: 0,
    maxUsesOfOneCode: 0,
    maxUsesOfOneRefreshToken: 0,
    revocations: 0,
  };
}

function countUse(uses: Map<string, CodeUse>, provider: string, value: string): number {
  const use = uses.get(value) ?? { provider, count: 0 };
  uses.set(value, use);
  use.count += 1;
  const [oldest] = uses.keys();
  if (uses.size > maxUses && oldest !== undefined) uses.delete(oldest);
  return use.count;
}
